# SPDX-License-Identifier: Apache-2.0
"""outgrow autoscale: what commands tell is decided on, and what is decided is ordered, whatever fails or is killed."""

import json
import pathlib
import random
import re
import signal
import subprocess
import tempfile
import time
import unittest

from command import EXAMPLES, OUTGROW, run


class Service:
    """A folder that stands for what is scaled: its commands read and write files there."""

    def __init__(self, count="4", cpu="50", top="", options="", apply=True):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.toml = self.folder / "web.toml"
        self.write("count", count)
        self.write("cpu", cpu)
        self.write("orders", "")
        ordered = f"echo $OUTGROW_CURRENT $OUTGROW_DESIRED $OUTGROW_REASON $OUTGROW_NAME >> {self.folder}/orders"
        lines = [
            f'current = "cat {self.folder}/count"',
            f'cpu_utilization = "cat {self.folder}/cpu"',
            f'apply = "echo $OUTGROW_DESIRED > {self.folder}/count; {ordered}"' if apply else "",
            top.replace("FOLDER", str(self.folder)),
            "[autoscaler]",
            'policy = "proportional"',
            "max_instances = 50",
            options,
        ]
        self.toml.write_text("\n".join(lines) + "\n")

    def write(self, name, text):
        beside = self.folder / "beside"
        beside.write_text(text)
        beside.rename(self.folder / name)

    def read(self, name):
        return (self.folder / name).read_text()

    @property
    def orders(self):
        return [line.split() for line in self.read("orders").splitlines()]

    def once(self, *arguments, check=True):
        """The line of a round, and how it ended."""
        done = run("autoscale", "--once", str(self.toml), *arguments, check=check)
        done.line = json.loads(done.out) if done.out else None
        return done

    def start(self):
        return subprocess.Popen(
            [OUTGROW, "autoscale", self.toml], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )


def until(true, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError("it did not come about")
        time.sleep(0.02)


class AutoscaleTest(unittest.TestCase):
    def test_what_is_decided_is_ordered_and_told(self):
        web = Service(count="4\n", cpu="95")  # 4 * 95 / 70
        line = web.once().line
        self.assertEqual(web.orders, [["4", "6", "over_threshold", "web"]])
        self.assertEqual(web.read("count"), "6\n")
        expected = {
            "name": "web",
            "current": 4,
            "metrics": {"cpu_utilization": 95.0},
            "desired": 6,
            "action": "up",
            "reason": "over_threshold",
            "text": "up 4 -> 6: cpu_utilization 95 is over 70",
            "applied": True,
        }
        self.assertRegex(line.pop("at"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(line, expected)

    def test_a_hold_orders_nothing(self):
        web = Service()
        self.assertEqual(web.once().line["action"], "hold")
        self.assertEqual(web.orders, [])

    def test_without_the_count_nothing_is_decided(self):
        for count, why in (
            ("", "it printed nothing"),
            ("many", "'many' is no number"),
            ("2.5", "'2.5' is no count of instances"),
            ("-1", "'-1' is no number"),
            ("1e9", "'1e9' is no count of instances"),
            ("3 4", "'3 4' is no number"),
        ):
            web = Service(count=count, cpu="99")
            done = web.once(check=False)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.line["failed"], f"current: {why}; nothing is decided")
            self.assertNotIn("desired", done.line)
            self.assertEqual(web.orders, [])
        (web.folder / "count").unlink()
        self.assertEqual(web.once(check=False).line["missing"]["current"], "exit status 1")

    def test_what_is_missing_is_not_zero(self):
        at_once = "scale_down_window_ms = 0\nscale_down_cooldown_ms = 0"
        web = Service(count="8", cpu="60", top='state = "FOLDER/state"', options=at_once)
        self.assertEqual(web.once().line["action"], "hold")
        (web.folder / "cpu").unlink()
        line = web.once().line
        self.assertEqual(line["missing"], {"cpu_utilization": "exit status 1"})
        self.assertEqual((line["metrics"], line["desired"]), ({}, 8))
        self.assertEqual(web.orders, [])
        web.write("cpu", "0")
        self.assertEqual(web.once().line["action"], "down")

    def test_a_dry_run_orders_nothing(self):
        for top, flags in (("dry_run = true", []), ("", ["--dry-run"])):
            web = Service(cpu="95", top=top, apply=bool(flags))
            for _ in range(2):
                line = web.once(*flags).line
                self.assertEqual((line["desired"], line["dry_run"]), (6, True))
                self.assertNotIn("applied", line)
            self.assertEqual((web.orders, web.read("count")), ([], "4"))

    def test_an_order_that_fails_is_told_and_given_again(self):
        web = Service(cpu="95", apply=False, top='apply = "exit 3"')
        for _ in range(2):
            done = web.once(check=False)
            self.assertEqual((done.returncode, done.line["applied"]), (2, False))
            self.assertEqual(done.line["failed"], "apply: exit status 3")
            self.assertIn("apply: exit status 3", done.err)

    def test_a_restart_goes_on_with_the_state(self):
        cooldown = 'scale_up_cooldown_ms = "1h"'
        web = Service(cpu="95", top='state = "FOLDER/state"', options=cooldown)
        self.assertEqual(web.once().line["desired"], 6)
        self.assertEqual(web.once().line["reason"], "cooldown")
        self.assertEqual(len(web.orders), 1)
        (web.folder / "state").unlink()
        self.assertEqual(web.once().line["desired"], 9)  # 6 * 95 / 70

    def test_a_damaged_state_is_told_and_left_out(self):
        web = Service(cpu="95", top='state = "FOLDER/state"')
        web.write("state", "ogscale1 once upon a time there was")
        done = web.once()
        self.assertEqual(done.line["desired"], 6)
        self.assertIn("state is left out, and begun anew", done.err)
        self.assertIn("it is damaged", done.err)
        self.assertEqual(web.once().err, "")

    def test_who_takes_too_long_is_killed_with_all_it_began(self):
        web = Service(top='timeout = "500ms"\nready = "sleep 100 & echo $! > FOLDER/pid; wait"')
        began = time.monotonic()
        line = web.once().line
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual(line["missing"], {"ready": "no answer within 500 ms"})
        pid = web.read("pid").strip()
        status = pathlib.Path(f"/proc/{pid}/status")
        until(lambda: not status.exists() or "State:\tZ" in status.read_text())

    def test_what_is_left_running_holds_no_answer_up(self):
        web = Service(top='ready = "sleep 5 2>&- & echo 2"')
        began = time.monotonic()
        self.assertEqual(web.once().line["ready"], 2)
        self.assertLess(time.monotonic() - began, 4.5)

    def test_long_output_is_no_number_and_blocks_nobody(self):
        web = Service(top="request_rate = \"head -c 1000000 /dev/zero | tr '\\\\0' 1\"")
        self.assertIn("is no number", web.once().line["missing"]["request_rate"])

    def test_somebody_else_scales(self):
        web = Service(cpu="50", top='state = "FOLDER/state"')
        self.assertEqual(web.once().line["desired"], 4)
        web.write("count", "9")
        web.write("cpu", "95")  # 9 * 95 / 70
        self.assertEqual(web.once().line["desired"], 13)

    def test_metrics_for_the_node_exporter(self):
        web = Service(cpu="95", top='textfile = "FOLDER/web.prom"\nname = "shop"')
        web.once()
        self.assertIn('outgrow_autoscaler_instances{name="shop"} 6\n', web.read("web.prom"))

    def test_one_process_decides(self):
        web = Service(top='every = "100ms"\nstate = "FOLDER/state"')
        with web.start() as first:
            self.assertEqual(json.loads(first.stdout.readline())["action"], "hold")
            done = web.once(check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn("state.lock is locked: another outgrow autoscale goes by it", done.err)
            first.kill()
        self.assertEqual(web.once().returncode, 0)

    def test_it_goes_on_until_a_signal(self):
        for name in (signal.SIGTERM, signal.SIGINT):
            web = Service(top='every = "100ms"')
            with web.start() as loop:
                lines = [json.loads(loop.stdout.readline()) for _ in range(3)]
                self.assertEqual([line["desired"] for line in lines], [4, 4, 4])
                web.write("cpu", "95")
                until(lambda: web.orders)
                web.write("cpu", "50")
                loop.send_signal(name)
                self.assertEqual(loop.wait(20), 0)
                self.assertEqual(loop.stderr.read(), b"")

    def test_whoever_is_killed_when_nothing_below_what_runs_is_ordered(self):
        """The load is that of 10; whatever is decided first, it never orders less than what it needs."""
        web = Service(count="10", cpu="50", top='every = "100ms"\nstate = "FOLDER/state"')
        draw = random.Random(5)
        for _ in range(25):
            with web.start() as loop:
                web.write("cpu", draw.choice(["50", "95", "71"]))
                time.sleep(draw.random() * 0.25)
                loop.kill()
        for before, desired, *_ in web.orders:
            self.assertGreater(int(desired), int(before))
        self.assertGreater(len(web.orders), 0)

    def test_the_examples_are_read(self):
        examples = sorted((pathlib.Path(EXAMPLES).parent / "autoscale").glob("*.toml"))
        self.assertGreater(len(examples), 2)
        for example in examples:
            text = re.sub(r'"/(var/lib|run)/', f'"{tempfile.mkdtemp()}/', example.read_text())
            text = re.sub(r"(?ms)^current = (\"[^\n]*\"|'''.*?''')$", "current = 'echo 3'", text)
            text = re.sub("(outgrow|node_exporter)/web", "web", text)
            web = Service()
            web.toml.write_text(text)
            self.assertEqual(web.once("--dry-run").line["current"], 3, example)

    def test_what_is_wrong_with_the_file_is_told_with_its_line(self):
        for top, options, culprit in (
            ("cpu_utilisation = 'x'", "", r":4: unknown key 'cpu_utilisation' \(did you mean 'cpu_utilization'\?\)"),
            ("every = 'soon'", "", r":4: every cannot be 'soon': use a duration such as 15s, 100 ms to 1 h"),
            ("every = '1ms'", "", r":4: every cannot be '1ms'"),
            ("ready = 3", "", r":4: ready is a text"),
            ("dry_run = 1", "", r":4: dry_run is true or false"),
            ("", "max_instance = 3", r":8: \[autoscaler\] .*max_instances"),
            ("", "max_step_up = 0", r":8: \[autoscaler\] .*max_step_up"),
            ("x = [", "", r"web.toml:\d+: "),
        ):  # fmt: skip
            web = Service(top=top, options=options)
            done = web.once(check=False)
            self.assertEqual((done.returncode, done.out), (2, ""))
            self.assertRegex(done.err, culprit)
            self.assertEqual(len(done.err.splitlines()), 1)
        web.toml.write_text("apply = 'true'\n")
        self.assertIn("there is no 'current', a command that", web.once(check=False).err)
        web.toml.write_text("current = 'echo 3'\n")
        self.assertIn("there is no 'apply'", web.once(check=False).err)
        self.assertEqual(web.once("--dry-run").line["desired"], 3)
        web.toml.unlink()
        self.assertIn("web.toml", web.once(check=False).err)
        self.assertIsNone(re.search("terminate|Sanitizer", done.err))


if __name__ == "__main__":
    unittest.main()
