# SPDX-License-Identifier: Apache-2.0
"""`outgrow replay`: its figures against counts made another way, its inputs, its errors."""

import collections
import gzip
import json
import os
import resource
import subprocess
import sys
import time
import unittest

from command import DAY, EXAMPLES, NASA, OUTGROW, CommandTest, log_line, replay, requests_of, run

KEYS = """requests skipped first last clients urls limiter.allowed limiter.denied balancer.picks cache.hits
cache.misses cache.evictions store.reads store.writes breaker.transitions autoscaler.decisions
autoscaler.peak autoscaler.instance_hours elapsed_seconds""".split()

WRITES = ("POST", "PUT", "DELETE", "PATCH")


class FiguresTest(CommandTest):
    def check_books(self, got):
        """What must hold of any summary."""
        reached = sum(got["balancer"]["picks"].values())
        self.assertEqual(got["requests"], got["limiter"]["allowed"] + got["limiter"]["denied"])
        self.assertEqual(got["limiter"]["allowed"],
                         reached + got["breaker"]["refused"] + got["balancer"]["unplaced"])
        self.assertEqual(got["cache"]["misses"], sum(got["store"]["reads"].values()))
        self.assertEqual(sum(got["breaker"]["by_server"].values()), got["breaker"]["transitions"])
        self.assertLessEqual(got["cache"]["hits"] + got["cache"]["misses"] + got["store"]["writes"], reached)

    def check_day(self, path, got):
        """Against a second reading of the log, and a token bucket in whole numbers: 1/s, 60 at most."""
        clients, urls, errors, sent, requests = set(), set(), 0, 0, 0
        tokens, denied = {}, collections.Counter()
        for client, second, _, url, status, size in requests_of(path):
            requests += 1
            clients.add(client)
            urls.add(url)
            errors += status >= 500
            sent += size
            left, at = tokens.get(client, (60, second))
            left = min(60, left + second - at)
            if left >= 1:
                left -= 1
            else:
                denied[client] += 1
            tokens[client] = (left, second)
        self.assertEqual(got["requests"], requests)
        self.assertEqual(got["clients"], len(clients))
        self.assertEqual(got["urls"], len(urls))
        self.assertEqual(got["server_errors"], errors)
        self.assertEqual(got["bytes"], sent)
        self.assertEqual(got["limiter"]["denied"], sum(denied.values()))
        self.assertEqual({c["client"]: c["denied"] for c in got["limiter"]["worst"]},
                         dict(sorted(denied.items(), key=lambda c: (-c[1], c[0]))[:10]))
        self.check_books(got)

    def test_modelled_day(self):
        got = replay(DAY)
        self.assertEqual(got["requests"], 100000)
        self.assertEqual(got["skipped"], 0)
        self.check_day(DAY, got)
        self.assertGreater(got["limiter"]["denied"], 1000)       # the clients that misbehave
        self.assertGreater(got["breaker"]["transitions"], 10)    # the failing hour

    def test_nasa_day(self):
        self.need(NASA)
        got = replay("--strict", NASA)
        self.assertEqual(got["requests"], 30969)
        self.assertEqual(got["skipped"], 0)
        self.assertEqual(got["first"], "1995-08-01T02:00:00-04:00")
        self.assertEqual(got["last"], "1995-08-01T14:52:01-04:00")
        self.check_day(NASA, got)

    def test_every_key_is_there(self):
        got = replay(DAY)
        for key in KEYS:
            value = got
            for part in key.split("."):
                self.assertIn(part, value, key)
                value = value[part]
        self.assertEqual(list(got["balancer"]["picks"]), ["app-1", "app-2", "app-3", "app-4"])
        self.assertEqual(list(got["store"]["reads"]), ["replica-1", "replica-2", "primary"])

    def test_twice_is_the_same(self):
        first, second = replay(DAY), replay(DAY)
        for got in (first, second):
            self.assertGreater(got.pop("elapsed_seconds"), 0)
            got.pop("requests_per_second")
        self.assertEqual(first, second)

    def test_round_robin_deals_evenly(self):
        picks = replay(self.file("a.log", "".join(log_line(i) for i in range(1002))))["balancer"]["picks"]
        self.assertEqual(sorted(picks.values()), [250, 250, 251, 251])

    def test_cache_and_store_by_hand(self):
        log = "".join([
            log_line(1, url="/a", size=1000),                        # miss, stored
            log_line(2, url="/a", size=1000),                        # hit
            log_line(3, url="/a", method="PUT", status=204, size=0), # write, invalidates
            log_line(4, url="/a", size=1500),                        # miss
            log_line(5, url="/a", status=304, size=0),               # hit
            log_line(6, url="/b", status=500, size=9),               # a failure: neither is asked
            log_line(7, url="/b", method="POST", status=503),        # nor written
            log_line(8, url="/gone", status=404, size=10),           # miss, kept as absent
            log_line(9, url="/gone", status=404, size=10),           # hit on the absence
            log_line(10, url="/private", status=401, size=20),       # miss, not stored
            log_line(11, url="/private", status=401, size=20),       # miss
            log_line(12, url="/h", method="HEAD", size=0),           # miss, not stored: no body
            log_line(13, url="/h", size=30),                         # miss, stored
            log_line(14, url="/h", method="HEAD", size=0),           # hit
            log_line(15, url="*", method="OPTIONS", size=0),         # served, no document
        ])
        got = replay(self.file("a.log", log))
        self.assertEqual(got["cache"]["hits"], 4)
        self.assertEqual(got["cache"]["misses"], 7)
        self.assertEqual(got["cache"]["hit_bytes"], 1000 + 0 + 10 + 0)
        self.assertEqual(got["cache"]["miss_bytes"], 1000 + 1500 + 10 + 20 + 20 + 0 + 30)
        self.assertEqual(got["cache"]["invalidations"], 1)
        self.assertEqual(got["store"]["writes"], 1)
        self.assertEqual(got["store"]["reads"], {"replica-1": 4, "replica-2": 3, "primary": 0})
        self.assertEqual(got["breaker"]["failures"], 2)
        self.assertEqual(got["server_errors"], 2)
        self.check_books(got)

    def test_a_breaker_opens_and_recovers(self):
        config = self.file("c.toml", '[balancer]\nservers = ["one"]\n[breaker]\nfailure_threshold = 3\n'
                                     'open_ms = "10s"\nsuccess_threshold = 1\n')
        log = "".join(log_line(s, client="c%d" % s, status=500 if s < 20 else 200) for s in range(40))
        # Seconds 0, 1, 2 fail and open it; the probe at 12 fails and opens it again; the one at 22
        # closes it. Three openings of a state, and half-open twice.
        got = replay("--config", config, self.file("a.log", log))
        self.assertEqual(got["breaker"]["transitions"], 5)
        self.assertEqual(got["breaker"]["failures"], 4)
        self.assertEqual(got["breaker"]["refused"], 9 + 9)
        self.assertEqual(got["balancer"]["picks"], {"one": 40 - 18})

    def test_instance_hours_by_hand(self):
        # One request a minute of 30 s of CPU, at growth 1: half an instance, for an hour.
        config = self.file("c.toml", "[service_time]\nmiss_ms = 30000\nhit_ms = 30000\nper_mib_ms = 0\n"
                                     "growth = 1\n")
        got = replay("--config", config,
                     self.file("a.log", "".join(log_line(60 * m) for m in range(60))))["autoscaler"]
        self.assertEqual(got["growth"], 1)
        self.assertEqual(got["instance_hours"], 1)
        self.assertEqual(got["overloaded_minutes"], 0)
        self.assertEqual(got["fixed"], {"instance_hours": 1, "overloaded_minutes": 0, "peak": 1})
        # At growth 6 three instances are full: one is overloaded until those ordered have started.
        config = self.file("d.toml", "[service_time]\nmiss_ms = 30000\nhit_ms = 30000\nper_mib_ms = 0\n"
                                     "growth = 6\n[autoscaler]\nmin_instances = 1\n")
        got = replay("--config", config,
                     self.file("a.log", "".join(log_line(60 * m) for m in range(60))))["autoscaler"]
        self.assertEqual(got["fixed"], {"instance_hours": 3, "overloaded_minutes": 0, "peak": 3})
        self.assertGreaterEqual(got["overloaded_minutes"], 3)  # a minute seen, two to start
        self.assertGreaterEqual(got["peak"], 3)

    def test_growth_fills_the_asked_instances(self):
        got = replay(DAY)["autoscaler"]
        self.assertEqual(got["fixed"]["peak"], 8)
        self.assertEqual(got["fixed"]["instance_hours"], 8 * 24)


class InputTest(CommandTest):
    def test_plain_gzip_pipe_and_parts_are_the_same_log(self):
        with gzip.open(DAY) as day:
            lines = day.read().splitlines(keepends=True)[:20000]
        text = b"".join(lines)
        one = replay(self.file("a.log", text))
        others = [
            replay(self.file("a.gz", gzip.compress(text))),
            replay("-", stdin=text),
            replay("-", stdin=gzip.compress(text[:9999]) + gzip.compress(text[9999:])),
            replay(self.file("1.log", b"".join(lines[:5000])), self.file("2.log", b"".join(lines[5000:]))),
            replay(self.path("2.log"), self.path("1.log")),
        ]
        for got in [one] + others:
            got.pop("elapsed_seconds"), got.pop("requests_per_second")
        for got in others:
            self.assertEqual(got, one)

    def test_interleaved_parts_are_merged_by_time(self):
        whole = [log_line(i, client="c%d" % (i % 7), url="/%d" % (i % 11)) for i in range(600)]
        one = replay(self.file("a.log", "".join(whole)))
        got = replay(self.file("1.log", "".join(whole[0::3])), self.file("2.log", "".join(whole[1::3])),
                     self.file("3.log", "".join(whole[2::3])))
        for summary in (one, got):
            summary.pop("elapsed_seconds"), summary.pop("requests_per_second")
        self.assertEqual(one, got)
        self.assertEqual(one["out_of_order"], 0)

    def test_slightly_out_of_order(self):
        got = replay("--strict", self.file("a.log", log_line(5) + log_line(3) + log_line(9) + log_line(8)))
        self.assertEqual((got["requests"], got["out_of_order"]), (4, 2))
        self.assertEqual((got["first"], got["last"]), ("2024-01-01T00:00:03+00:00", "2024-01-01T00:00:09+00:00"))

    def test_zones_are_one_time_line(self):
        got = replay(self.file("a.log", log_line(7200, zone="+0200") + log_line(60, zone="+0000")))
        self.assertEqual((got["out_of_order"], got["first"]), (0, "2024-01-01T02:00:00+02:00"))

    def test_malformed_lines_are_counted_and_the_first_shown(self):
        log = log_line(1) + "".join("rubbish \x1b[31m%d\n" % i for i in range(9)) + log_line(2)
        done = run("replay", "--format", "json", self.file("a.log", log))
        got = json.loads(done.out)
        self.assertEqual((got["requests"], got["skipped"]), (2, 9))
        shown = done.err.splitlines()
        self.assertEqual(len(shown), 6)
        self.assertIn("a.log:2: skipped: ", shown[0])
        self.assertIn("rubbish \\x1b[31m0", shown[0])
        self.assertIn("a.log:6: ", shown[4])
        self.assertEqual(shown[5], "outgrow: 4 more lines skipped")
        self.assertNotIn("\x1b", done.err)

    def test_a_gap_of_ten_years(self):
        late = log_line(0).replace("2024", "2034")
        got = replay(self.file("a.log", log_line(0) + late))
        self.assertEqual((got["requests"], got["last"]), (2, "2034-01-01T00:00:00+00:00"))

    def test_names_that_are_not_utf8(self):
        got = replay(self.file("a.log", log_line(0, client="x", url="/\xff").encode("latin-1") * 100))
        self.assertEqual(got["urls"], 1)
        self.assertEqual(got["limiter"]["worst"][0]["client"], "x")


class ErrorTest(CommandTest):
    def test_missing_log(self):
        self.assertEqual(self.refused("replay", "/nowhere.log"),
                         "cannot read /nowhere.log: No such file or directory")

    def test_folder_as_log(self):
        self.assertEqual(self.refused("replay", self.folder), "cannot read %s: Is a directory" % self.folder)

    def test_unreadable_log(self):
        path = self.file("a.log", log_line())
        os.chmod(path, 0)
        if os.access(path, os.R_OK):
            print("SKIPPED: this user reads everything")
            self.skipTest("root")
        self.assertEqual(self.refused("replay", path), "cannot read %s: Permission denied" % path)

    def test_truncated_gzip_writes_no_report(self):
        with open(DAY, "rb") as day:
            cut = self.file("cut.gz", day.read()[:300000])
        report = self.path("report.html")
        message = self.refused("replay", "--report", report, cut)
        self.assertRegex(message, r"cut.gz: gzip data cut off after line \d+$")
        self.assertEqual(os.listdir(self.folder), ["cut.gz"])

    def test_a_report_that_stands_is_left_alone(self):
        report = self.file("report.html", "mine")
        self.refused("replay", "--report", report, self.file("empty.log", ""))
        with open(report) as kept:
            self.assertEqual(kept.read(), "mine")

    def test_report_where_none_can_be(self):
        log = self.file("a.log", log_line())
        self.assertEqual(self.refused("replay", "--report", "/nowhere/r.html", log),
                         "cannot write /nowhere/r.html: No such file or directory")
        self.assertEqual(self.refused("replay", "--report", self.folder, log),
                         "cannot write %s: Is a directory" % self.folder)

    def test_empty_log(self):
        path = self.file("empty.log", "")
        self.assertEqual(self.refused("replay", path),
                         path + ": no request in Common or Combined Log Format")
        self.assertIn("no request", self.refused("replay", "-", stdin=b""))
        self.assertIn("no request", self.refused("replay", self.file("e.gz", gzip.compress(b""))))

    def test_not_a_log(self):
        self.assertIn("no request in Common or Combined Log Format (line 1: ",
                      self.refused("replay", os.path.join(EXAMPLES, "make_day.py")))

    def test_strict(self):
        path = self.file("a.log", log_line() + "rubbish\n" + log_line())
        self.assertIn(path + ":2: not Common or Combined Log Format: ", self.refused("replay", "--strict", path))

    def check_config(self, text, *wanted):
        config = self.file("c.toml", text)
        message = self.refused("replay", "--config", config, self.file("a.log", log_line()))
        for words in wanted:
            self.assertIn(words, message)

    def test_unknown_keys_name_the_nearest(self):
        self.check_config("[limiter]\nrat = '5/s'\n", "c.toml:2: ", "'rat'", "'rate'")
        self.check_config("\n[cache]\ncapacity_byte = 5\n", "c.toml:3: ", "'capacity_bytes'")
        self.check_config("[service_time]\nhit_m = 5\n", "c.toml:2: ", "did you mean 'hit_ms'?")
        self.check_config("[limitter]\n", "c.toml:1: ", "did you mean 'limiter'?")
        self.check_config("[autoscaler]\nmax_instance = 3\n", "'max_instances'")
        self.check_config("[breaker]\nfailure_treshold = 3\n", "'failure_threshold'")

    def test_bad_values(self):
        self.check_config("[limiter]\nrate = 'fast'\n", "c.toml:2: ", "rate", "fast")
        self.check_config("[breaker]\nfailure_threshold = 0\n", "c.toml:2: ", "1 to ")
        self.check_config("[service_time]\nmiss_ms = -1\n", "c.toml:2: ", "0 to 60000 ms")
        self.check_config("[service_time]\nstart_ms = '2 fortnights'\n", "c.toml:2: ", "start_ms")
        self.check_config("[balancer]\npolicy = 'random_robin'\n", "c.toml:2: ", "policy")
        self.check_config("[balancer]\nservers = []\n", "empty")
        self.check_config("[balancer]\nservers = ['a', 'a']\n", "twice")
        self.check_config("[balancer]\nservers = ['a', 'b']\nweights = [1]\n", "c.toml:3: ", "1 numbers for 2 servers")
        self.check_config("[balancer]\nservers = 'a'\n", "list")
        self.check_config("[cache]\nttl_ms = [1]\n", "ttl_ms")
        self.check_config("limiter = 5\n", "[limiter]")

    def test_not_toml(self):
        self.check_config("[limiter\nrate = 1\n", "c.toml:1: ")
        self.assertEqual(self.refused("replay", "--config", "/nowhere.toml", DAY),
                         "cannot read /nowhere.toml: No such file or directory")

    def test_usage(self):
        self.assertIn("--help", self.refused("replay"))
        self.assertIn("--help", self.refused("replay", "--format", "xml", DAY))
        self.assertIn("--help", self.refused("replay", "--strickt", DAY))
        self.assertIn("--help", self.refused("repaly", DAY))

    def test_full_disk_on_standard_output(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        with open("/dev/full", "w") as full:
            done = subprocess.run([OUTGROW, "replay", DAY], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"cannot write standard output", done.stderr)


class ConfigTest(CommandTest):
    def test_example_config(self):
        config = os.path.join(EXAMPLES, "replay.toml")
        got = replay("--config", config, DAY)
        self.assertEqual(got["requests"], 100000)

    def test_options_reach_the_nouns(self):
        log = self.file("a.log", "".join(log_line(i // 10, url="/%d" % (i % 50)) for i in range(2000)))
        config = self.file("c.toml", "[limiter]\nrate = '5/s'\nburst = 5\n[cache]\ncapacity_entries = 10\n"
                                     "[balancer]\nservers = ['a', 'b']\n[replicas]\nnames = []\n")
        got = replay("--config", config, log)
        self.assertEqual(got["limiter"]["allowed"], 5 * 200)
        self.assertEqual(got["balancer"]["picks"], {"a": 500, "b": 500})
        self.assertLessEqual(got["cache"]["entries"], 10)
        self.assertGreater(got["cache"]["evictions"], 0)
        self.assertEqual(list(got["store"]["reads"]), ["primary"])
        self.assertEqual(got["store"]["reads"]["primary"], got["cache"]["misses"])

    def test_consistent_hashing_by_client_and_by_url(self):
        log = self.file("a.log", "".join(log_line(i, client="c%d" % (i % 2), url="/%d" % i) for i in range(400)))
        text = "[balancer]\npolicy = 'consistent_hash'\nhash = '%s'\n"
        by_client = replay("--config", self.file("c.toml", text % "client"), log)["balancer"]["picks"]
        self.assertLessEqual(sum(n > 0 for n in by_client.values()), 2)
        self.assertTrue(set(by_client.values()) <= {0, 200, 400})
        by_url = replay("--config", self.file("c.toml", text % "url"), log)["balancer"]["picks"]
        self.assertEqual(sum(n > 0 for n in by_url.values()), 4)

    def test_weights(self):
        log = self.file("a.log", "".join(log_line(i) for i in range(700)))
        config = self.file("c.toml", "[balancer]\npolicy = 'weighted_round_robin'\nservers = ['a', 'b', 'c']\n"
                                     "weights = [5, 1, 1]\n")
        got = replay("--config", config, log)["balancer"]
        self.assertEqual(got["picks"], {"a": 500, "b": 100, "c": 100})
        self.assertEqual(got["imbalance"], 1)


class OtherVerbsTest(CommandTest):
    def test_version(self):
        self.assertRegex(run("version").out, r"^outgrow \d+\.\d+\.\d+\n$")
        self.assertEqual(run("version").out, run("--version").out)

    def test_help(self):
        self.assertIn("replay", run("--help").out)
        text = run("replay", "--help").out
        for words in ("--config", "--format", "--report", "--strict", "LOG"):
            self.assertIn(words, text)

    def test_options(self):
        everything = run("options").out
        for noun in ("limiter", "balancer", "breaker", "cache", "replicas", "autoscaler", "service_time", "report"):
            self.assertIn("[%s]" % noun, everything)
            self.assertTrue(run("options", noun).out.startswith("[%s]\n" % noun))
        self.assertIn("failure_threshold", run("options", "breaker").out)
        self.assertIn("did you mean 'cache'?", self.refused("options", "cahce"))

    def test_summary_in_words(self):
        text = run("replay", DAY).out
        for words in ("100,000 requests", "denied", "app-4", "hits by request", "replica-2", "transitions",
                      "inst-hours", "fixed at the peak", "one-step rule", "requests a second"):
            self.assertIn(words, text)
        self.assertLessEqual(max(map(len, text.splitlines())), 90)

    def test_no_progress_where_no_terminal_is(self):
        self.assertEqual(run("replay", DAY).err, "")


class SlowTest(CommandTest):
    def most_memory(self, lines):
        """Of a replay of so many lines, in KiB."""
        write = ("import sys; sys.path.insert(0, %r); from command import log_line\n"
                 "for i in range(%d): sys.stdout.write(log_line(i * 80000 // %d, 'c%%d' %% (i %% 5000),"
                 " url='/%%d' %% (i * 7919 %% 20000), size=i %% 90000))"
                 % (os.path.dirname(os.path.abspath(__file__)), lines, lines))
        with open(self.path("big.log"), "w") as out:
            subprocess.run([sys.executable, "-c", write], stdout=out, check=True)
        measure = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True,"
                   " stdout=subprocess.DEVNULL);"
                   " print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        done = subprocess.run([sys.executable, "-c", measure, OUTGROW, "replay", self.path("big.log")],
                              capture_output=True, check=True)
        return int(done.stdout)

    def test_memory_is_flat(self):
        short, long = self.most_memory(100_000), self.most_memory(1_000_000)
        print("%d KiB for 100,000 lines, %d KiB for ten times as many" % (short, long))
        self.assertLess(long, short * 1.1 + 2048)

    def test_throughput(self):
        with gzip.open(DAY) as day:
            text = day.read()
        log = self.file("day.log", text)
        best = max(replay(log)["requests_per_second"] for _ in range(3))
        print("%d requests a second on one core" % best)
        self.assertGreater(best, 100_000)  # a third of what an idle machine must reach


class DayTest(CommandTest):
    def test_the_modelled_day_is_what_its_script_writes(self):
        again = self.path("again.log.gz")
        subprocess.run([sys.executable, os.path.join(EXAMPLES, "make_day.py"), again], check=True)
        with gzip.open(again) as new, gzip.open(DAY) as committed:
            # Not the gzip bytes: another zlib may pack the same lines otherwise.
            self.assertTrue(new.read() == committed.read(), "examples/data/day.log.gz is not of make_day.py")

    def test_the_modelled_day_has_the_shape_it_claims(self):
        hours, urls, statuses, methods = (collections.Counter() for _ in range(4))
        for _, second, method, url, status, _ in requests_of(DAY):
            hours[second // 3600] += 1
            urls[url] += 1
            statuses[status] += 1
            methods[method] += 1
        self.assertEqual(sum(hours.values()), 100000)
        self.assertGreater(min(hours[h] for h in range(9, 17)), 2 * max(hours[h] for h in (1, 2, 5)))
        top = sum(n for _, n in urls.most_common(len(urls) // 10))
        self.assertGreater(top, 50000)  # a tenth of the documents draws most requests
        self.assertAlmostEqual(statuses[304] / 100000, 0.08, delta=0.015)
        self.assertGreater(statuses[503], 3000)
        self.assertGreater(methods["POST"] + methods["PUT"] + methods["DELETE"], 3000)


if __name__ == "__main__":
    unittest.main()
