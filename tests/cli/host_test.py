# SPDX-License-Identifier: Apache-2.0
"""outgrow host: what lies in the segments of this machine."""

import fcntl
import json
import os
import re
import struct
import subprocess
import time
import unittest

from command import run
from segment import HOLDER, SegmentTest

F_OFD_SETLK = 37  # of linux/fcntl.h; Python has a name for it from 3.13 on


class HostTest(SegmentTest):
    def test_list(self):
        line = next(
            line
            for line in run("host", "list").out.splitlines()
            if line.startswith(self.name + " ")
        )
        self.assertRegex(line, r"^\S+ +16 MiB  3 objects, 1 process$")
        listed = {
            one["name"]: one for one in json.loads(run("host", "list", "--format", "json").out)
        }
        self.assertEqual(listed[self.name]["processes"], 1)

    def test_show(self):
        out = run("host", "show", self.name).out
        self.assertRegex(out, r"^%s: 16 MiB, [\d.]+ MiB left, 3 objects, 1 process\n" % self.name)
        self.assertRegex(out, r"\n +%d  segment_holder\n" % self.holder.pid)
        self.assertRegex(out, r"\nlimiter 'logins', .*\n .* rate=3/3600s ")
        self.assertRegex(out, r"\n  decisions allowed +6\n  decisions denied +18\n")
        self.assertRegex(out, r"\n  keys +2\n")
        self.assertRegex(out, r"\n  denied most\n    alice +17\n    bob +1\n")
        self.assertRegex(out, r"\nbreaker 'db', ")
        self.assertRegex(
            out,
            r"\nendpoints 'servers', .*\n .*\n  healthy app-1\.internal\.example\.org:8080 +1\n",
        )

    def test_show_as_json(self):
        shown = json.loads(run("host", "show", "--format", "json", self.name).out)
        self.assertEqual(shown["attachments"][0]["pid"], self.holder.pid)
        limiter = next(one for one in shown["objects"] if one["kind"] == "limiter")
        self.assertEqual(limiter["options"]["rate"], "3/3600s")
        self.assertEqual(
            limiter["hottest"], [{"key": "alice", "denied": 17}, {"key": "bob", "denied": 1}]
        )

    def test_verify(self):
        self.assertTrue(run("host", "show", "--verify", self.name).out.endswith("\nsound\n"))
        self.assertFalse(run("host", "show", self.name).out.endswith("sound\n"))

    def test_what_does_not_hold_together(self):
        objects = json.loads(run("host", "show", "--format", "json", self.name).out)["objects"]
        self.assertEqual(len(objects), 3)
        with open("/dev/shm" + self.name, "r+b") as segment:
            whole = segment.read()
            at = whole.index(b"logins")  # the object's name, in its record
            segment.seek(at - 12)  # the lengths before it: longer than a name can be
            segment.write(b"\xff" * 12)
        done = run("host", "show", "--verify", self.name, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.err, r"^outgrow: %s does not hold together: " % self.name)

    def test_a_damaged_object_hides_no_other_and_moves_no_cursor(self):
        self.write_over(b"rate=3/3600s", b"rate=\x1b[2J\x07\xffx")
        done = run("host", "show", self.name)
        self.assertIn(" rate=\\x1b[2J\\x07", done.out)
        self.assertNotRegex(done.out, "[^\n\x20-\x7e]")
        self.assertIn("\n  cannot be counted: ", done.out)
        self.assertRegex(done.out, r"\n  healthy app-1\.internal\.example\.org:8080 +1\n")
        shown = json.loads(run("host", "show", "--format", "json", self.name).out)["objects"]
        self.assertEqual([one["kind"] for one in shown if "error" in one], ["limiter"])

    def test_a_record_that_leads_nowhere_hides_no_other(self):
        with open("/dev/shm" + self.name, "r+b") as segment:
            at = segment.read().index(b"logins")
            segment.seek(at - 12)
            segment.write(b"\xff" * 12)
        out = run("host", "show", self.name).out
        self.assertIn("object 0 is not within the segment", out)
        self.assertRegex(out, r"\n  healthy app-1\.internal\.example\.org:8080 +1\n")

    def test_a_damaged_segment_hides_no_other(self):
        bad = self.name + "-bad"
        with open("/dev/shm" + self.name, "rb") as segment:
            whole = bytearray(segment.read())
        whole[12] ^= 1  # how many objects it has room for: its head no longer adds up
        with open(
            "/dev/shm" + bad, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)
        ) as copy:
            copy.write(whole)
        self.addCleanup(os.unlink, "/dev/shm" + bad)
        out = run("host", "list").out
        self.assertRegex(out, r"(?m)^%s +segment '%s': is damaged: " % (bad, bad))
        self.assertRegex(out, r"(?m)^%s +16 MiB  3 objects, 1 process$" % self.name)
        listed = {
            one["name"]: one for one in json.loads(run("host", "list", "--format", "json").out)
        }
        self.assertIn("is damaged", listed[bad]["error"])
        self.assertEqual(listed[self.name]["objects"], 3)

    def test_a_process_stopped_in_the_directorys_lock_keeps_nobody_from_looking(self):
        with open("/dev/shm" + self.name, "r+b") as segment:
            lock = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0)
            fcntl.fcntl(segment, F_OFD_SETLK, lock)
            begin = time.monotonic()
            self.assertIn("\nlimiter 'logins', ", run("host", "show", self.name).out)
            self.assertLess(time.monotonic() - begin, 4.5)  # a change waits 5 s for it

    def test_remove(self):
        self.assertEqual(
            run("host", "remove", self.name).out,
            "removed %s; 1 process goes on with what was there, those that come make it anew\n"
            % self.name,
        )
        self.assertEqual(
            self.refused("host", "show", self.name),
            "segment '%s': cannot be opened: No such file or directory" % self.name,
        )

    def call(self, letter):
        """What the other process says to a call of its breaker, "e" that ends well, "f" that fails; to
        "b" whether its balancer picks the same for one key."""
        self.holder.stdin.write(letter.encode())
        self.holder.stdin.flush()
        return self.holder.stdout.readline().decode().strip()

    def test_an_option_is_set_for_a_process_that_runs(self):
        title = "breaker 'db' of %s: " % self.name
        done = run("host", "set", self.name, "db", "failure_threshold=1", "open_ms=1h")
        self.assertEqual(done.out, title + "failure_threshold=1 (was 5), open_ms=3600s (was 60s)\n")
        self.assertEqual(self.call("f"), "permit")
        self.assertEqual(self.call("e"), "refused")
        again = run("host", "set", self.name, "db", "open_ms=60min")
        self.assertEqual(again.out, title + "is so already\n")
        self.assertIn("1 process\n", run("host", "show", self.name).out)

    def test_a_rate_is_set(self):
        done = run("host", "set", self.name, "logins", "rate=200/s")
        self.assertIn("limiter 'logins' of %s: " % self.name, done.out)
        self.assertIn("rate=200/1s (was 3/3600s)", done.out)

    def test_a_policy_is_set_for_a_process_that_runs(self):
        self.assertEqual(self.call("b"), "other")
        done = run("host", "set", self.name, "reads", "policy=consistent_hash", "ring_points=40")
        self.assertEqual(
            done.out,
            "balancer 'reads' of %s: policy=consistent_hash (was round_robin), "
            "ring_points=40 (was 160)\n" % self.name,
        )
        self.assertEqual(self.call("b"), "same")
        self.assertIn("policy=consistent_hash", run("host", "show", self.name).out)
        self.assertEqual(
            self.refused("host", "set", self.name, "reads", "tickets=9"),
            "option 'tickets' cannot become 9 while the balancer is in use: it is 4096",
        )
        run("host", "set", self.name, "reads", "policy=round_robin")
        self.assertEqual(self.call("b"), "other")
        self.assertTrue(run("host", "show", "--verify", self.name).out.endswith("\nsound\n"))

    def test_a_breaker_is_forced_and_reset(self):
        title = "breaker 'db' of %s: " % self.name
        self.assertEqual(
            run("host", "force-open", self.name, "db").out,
            title + "refuses every call until it is reset\n",
        )
        self.assertEqual(self.call("e"), "refused")
        self.assertEqual(self.shown_state(), "forced open")
        run("host", "force-closed", self.name, "db")
        self.assertEqual(self.shown_state(), "forced closed")
        for _ in range(9):
            self.assertEqual(self.call("f"), "permit")
        self.assertEqual(
            run("host", "reset", self.name, "db").out, title + "closed, its failures forgotten\n"
        )
        self.assertEqual(self.call("e"), "permit")
        self.assertEqual(self.shown_state(), "closed")

    def shown_state(self):
        """The breaker's, as a word: the number is the metric's."""
        return re.search(r"\n  state +([a-z -]+)\n", run("host", "show", self.name).out).group(1)

    def test_what_nobody_uses_is_forgotten(self):
        self.assertEqual(
            self.refused("host", "forget", self.name, "db"),
            "segment '%s': 'db' is in use by process %d (segment_holder)"
            % (self.name, self.holder.pid),
        )
        self.assertEqual(
            self.refused("host", "forget", self.name, "bd"),
            "%s has no object 'bd' (the nearest is 'db')" % self.name,
        )
        self.assertIn(
            "%s has no limiter 'db'" % self.name,
            self.refused("host", "forget", "--kind", "limiter", self.name, "db"),
        )
        self.assertEqual(self.call("e"), "permit")
        self.holder.kill()
        self.holder.communicate()
        self.assertEqual(
            run("host", "forget", self.name, "db").out,
            "breaker 'db' of %s: forgotten; who asks for it next makes it anew\n" % self.name,
        )
        left = json.loads(run("host", "show", "--format", "json", self.name).out)["objects"]
        self.assertEqual([one["name"] for one in left], ["logins", "servers"])
        run("host", "forget", "--kind", "endpoints", self.name, "servers")
        self.assertTrue(run("host", "show", "--verify", self.name).out.endswith("\nsound\n"))
        self.holder = subprocess.Popen(
            [HOLDER, self.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.assertEqual(self.holder.stdout.readline(), b"ready\n")
        self.assertEqual(
            len(json.loads(run("host", "show", "--format", "json", self.name).out)["objects"]), 3
        )

    def test_what_cannot_be_set(self):
        def refused(*given):
            return self.refused("host", "set", self.name, *given)

        self.assertEqual(
            refused("db", "open=1s"), "unknown option 'open' for breaker; did you mean 'open_ms'?"
        )
        self.assertIn("option 'open_ms' cannot be 'soon'", refused("db", "open_ms=soon"))
        self.assertEqual(refused("db", "1s"), "'1s' is no option=value, such as rate=200/s")
        self.assertEqual(
            refused("bd", "open_ms=1s"),
            "%s has no object 'bd' (the nearest is 'db')" % self.name,
        )
        self.assertEqual(
            refused("servers", "max_endpoints=9"),
            "endpoints 'servers' of %s has no options that change while it is used" % self.name,
        )
        self.assertIn("OPTION is required", refused("db"))
        self.assertEqual(
            self.refused("host", "reset", self.name, "logins"),
            "%s has no breaker 'logins' (the nearest is 'db')" % self.name,
        )
        none = "/outgrow-cli-test-none-%d" % os.getpid()
        self.assertIn("cannot be opened", self.refused("host", "set", none, "db", "open_ms=1s"))
        self.assertFalse(os.path.exists("/dev/shm" + none))
        self.assertEqual(self.call("e"), "permit")

    def test_what_is_no_segment_is_left_alone(self):
        notes = self.file("notes", "shopping list")
        message = "segment '%s': is no segment of outgrow's" % notes
        self.assertEqual(self.refused("host", "remove", notes), message)
        self.assertEqual(self.refused("host", "show", notes), message)
        self.assertTrue(os.path.exists(notes))

    def test_what_is_left_out(self):
        self.assertIn("A subcommand is required", self.refused("host"))
        self.assertIn("NAME is required", self.refused("host", "show"))
        self.assertEqual(self.refused("host", "show", ""), "NAME: it is empty; see outgrow --help")


class OddGauges(SegmentTest):
    def setUp(self):
        SegmentTest.setUp(self, "gauge")

    def test_a_gauge_that_is_no_number_is_null(self):
        objects = json.loads(run("host", "show", "--format", "json", self.name).out)["objects"]
        figures = next(one["figures"] for one in objects if one["kind"] == "metrics")
        self.assertEqual(figures, {"ratio": None, "speed": None, "share": 0.25})
        out = run("host", "show", self.name).out
        self.assertRegex(out, r"\n  ratio +-\n  speed +-\n  share +0\.25\n")
        self.assertIn(self.name + " ", run("host", "list").out)

    def test_what_each_process_counts_is_shown_added_up(self):
        out = run("host", "show", self.name).out
        self.assertRegex(out, r"\n  of each process, added up\n(  .*\n)*  .* state pay +closed\n")
        objects = json.loads(run("host", "show", "--format", "json", self.name).out)["objects"]
        sums = next(one["added_up"] for one in objects if one["kind"] == "metrics")
        self.assertEqual(sums['outgrow_breaker_calls_total{name="pay",outcome="success"}'], 1)

    def test_a_damaged_sum_is_told(self):
        self.assertTrue(run("host", "show", "--verify", self.name).out.endswith("\nsound\n"))
        self.write_over(b'name="pay",outcome="success"', b'name="pay"\noutcome="success"')
        done = run("host", "show", "--verify", self.name, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.err, "'own': added up, series [0-9]+ has labels of two lines")


if __name__ == "__main__":
    unittest.main()
