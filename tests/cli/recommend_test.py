# SPDX-License-Identifier: Apache-2.0
"""Recommended options, on logs whose cheapest ones follow from arithmetic."""

import json
import unittest

from command import DEMO, CommandTest, log_line, replay, run, run_on_terminal

# A request is three seconds of CPU: five in a quarter of a minute fill an instance. Its latency
# says nothing of that, and nobody is denied.
MODEL = """
[limiter]
rate = "1000/s"
[service_time]
hit_ms = 3000
miss_ms = 3000
per_mib_ms = 0
start_ms = 120000
[autoscaler]
response_time_up = 1e8
response_time_down = 1e7
"""


def hours(*requests):
    """An hour of so many requests in each quarter of a minute, one after the other."""
    return "".join(
        log_line(hour * 3600 + quarter * 15 + i * 15 // count, client="c%d" % i)
        for hour, count in enumerate(requests)
        for quarter in range(240)
        for i in range(count)
    )


def waves(count):
    return hours(*([2, 21] * count))


class RecommendTest(CommandTest):
    def recommend(self, minutes, config, log):
        return replay("--recommend", "--overloaded", str(minutes), "--config", config, log)

    def test_what_is_steady_is_served_by_a_fixed_number(self):
        config, log = self.file("c.toml", MODEL), self.file("a.log", hours(13, 13, 13))
        got = self.recommend(0, config, log)  # 2.6 instances
        options = got["autoscaler"]
        self.assertEqual((options["min_instances"], options["max_instances"]), ("3", "3"))
        self.assertTrue(got["met"])
        self.assertEqual((got["first"]["seconds"], got["rest"]["seconds"]), (7200, 3600))
        for part, length in (("first", 2), ("rest", 1)):
            bill = got[part]["recommended"]
            self.assertEqual((bill["instance_hours"], bill["peak"]), (3 * length, 3))
            self.assertEqual(bill["overloaded_minutes"], 0)
        # With all of it allowed, one is the cheapest.
        got = self.recommend(180, config, log)
        self.assertEqual(got["autoscaler"]["max_instances"], "1")
        self.assertEqual(got["first"]["allowed_minutes"], 120)
        self.assertEqual(got["first"]["recommended"]["overloaded_minutes"], 120)
        text = run("replay", "--recommend", "--overloaded", "0", "--config", config, log).out
        self.assertIn("A fixed number", text)

    def test_where_load_comes_and_goes_an_autoscaler_is_cheaper(self):
        config, log = self.file("c.toml", MODEL), self.file("a.log", waves(4))
        got = self.recommend(60, config, log)
        first = got["first"]["recommended"]
        self.assertTrue(got["met"])
        self.assertLessEqual(first["overloaded_minutes"], 40)
        # 4.2 instances' work for 140 of the 320 minutes: less than five is overloaded through them.
        self.assertLess(first["instance_hours"], 5 * 320 / 60)
        self.assertLessEqual(first["instance_hours"], got["first"]["configured"]["instance_hours"])
        self.assertGreater(first["elasticity"]["changes"], 0)

    def test_the_printed_section_does_what_is_said_of_it(self):
        config, log = self.file("c.toml", MODEL), self.file("a.log", waves(4))
        got = self.recommend(60, config, log)
        text = run("replay", "--recommend", "--overloaded", "60", "--config", config, log).out
        self.assertLessEqual(max(map(len, text.splitlines())), 90)
        section = text[text.index("[autoscaler]") :]
        model = MODEL[: MODEL.index("[autoscaler]")]
        again = replay("--config", self.file("d.toml", model + text), log)["autoscaler"]
        for figure in ("instance_hours", "overloaded_minutes"):
            self.assertAlmostEqual(
                again[figure],
                got["first"]["recommended"][figure] + got["rest"]["recommended"][figure],
                places=4,
            )
        now = replay("--config", config, log)["autoscaler"]
        self.assertAlmostEqual(
            now["instance_hours"],
            sum(got[part]["configured"]["instance_hours"] for part in ("first", "rest")),
            places=4,
        )
        for key, value in got["autoscaler"].items():
            self.assertIn(key + " = ", section)
            self.assertIn(value, section)

    def test_the_rest_has_no_part_in_the_choice(self):
        config = self.file("c.toml", MODEL)
        calm = self.recommend(30, config, self.file("a.log", hours(2, 21, 2, 21, 2, 21, 2, 2, 2)))
        wild = self.recommend(30, config, self.file("b.log", hours(2, 21, 2, 21, 2, 21, 90, 1, 90)))
        self.assertEqual(calm["autoscaler"], wild["autoscaler"])
        self.assertEqual(calm["first"], wild["first"])
        self.assertNotEqual(calm["rest"], wild["rest"])

    def test_where_nothing_will_do_the_least_overloaded_is_named(self):
        config = self.file("c.toml", MODEL + "max_instances = 2\n")
        log = self.file("a.log", hours(13, 13, 13))
        got = self.recommend(1, config, log)
        self.assertFalse(got["met"])
        self.assertLessEqual(int(got["autoscaler"]["max_instances"]), 2)
        text = run("replay", "--recommend", "--overloaded", "1", "--config", config, log).out
        self.assertTrue(text.startswith("# None of "), text)
        self.assertIn("exceed their share", text)

    def test_it_answers_the_same_twice(self):
        ask = ["replay", "--recommend", "--overloaded", "10", *DEMO]
        self.assertEqual(run(*ask).out, run(*ask).out)

    def test_what_cannot_be_asked(self):
        log = self.file("a.log", hours(1))
        short = self.file("b.log", log_line(0) + log_line(1800))
        for arguments, why in (
            (["--recommend", log], "--overloaded"),
            (["--overloaded", "5", log], "--recommend"),
            (["--recommend", "--overloaded", "-1", log], "--overloaded"),
            (["--recommend", "--overloaded", "many", log], "--overloaded"),
            (
                ["--recommend", "--overloaded", "5", "--report", self.path("r.html"), log],
                "--report",
            ),
            (["--recommend", "--overloaded", "5", "--compare", log, log], "--compare"),
            (["--recommend", "--overloaded", "5", short], "31 minutes, and takes an hour"),
        ):
            done = run("replay", *arguments, check=False)
            self.assertEqual((done.returncode, done.out), (2, ""), arguments)
            self.assertIn(why, done.err)

    def test_progress_on_a_terminal(self):
        out, shown = run_on_terminal(
            "replay", "--recommend", "--overloaded", "5", "--format", "json", *DEMO
        )
        self.assertGreater(json.loads(out)["settings_tried"], 1)
        self.assertRegex(shown, r"\d+\.\d % of the settings tried")
        self.assertTrue(shown.endswith("\r\x1b[K"), "the line is wiped at the end")


if __name__ == "__main__":
    unittest.main()
