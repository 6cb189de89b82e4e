# SPDX-License-Identifier: Apache-2.0
"""Two configurations side by side, on logs small enough to follow by hand and on the example's day."""

import json
import unittest

from browser import Browser, find_chromium
from command import DAY, CommandTest, log_line, replay, run

# One a second at once; two at once, and then one in half a minute.
STRICT = '[limiter]\nrate = "1/s"\nburst = 1\n'
SLOW = '[limiter]\nrate = "2/min"\nburst = 2\npolicy = "token_bucket"\n'
HASTY = [log_line(i // 4, client="10.0.0.1") for i in range(8)]  # four a second, for two
STEADY = [log_line(i * 10, client="10.0.0.2") for i in range(4)]  # one in ten seconds


class CompareTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.first, self.second = self.file("strict.toml", STRICT), self.file("slow.toml", SLOW)
        # By time; of one second, the first client's first.
        self.log = self.file("a.log", "".join([*HASTY[:4], STEADY[0], *HASTY[4:], *STEADY[1:]]))

    def compare(self, *logs, **more):
        return replay("--config", self.first, "--compare", self.second, *logs, **more)

    def test_who_is_denied_by_one_alone(self):
        # strict: 10.0.0.1 passes once a second, 10.0.0.2 always. slow: each passes twice, and has a token again after
        # 30 s: 10.0.0.2 is denied its third, at 20 s, and not its fourth.
        got = self.compare(self.log)
        compared = got["compared"]
        self.assertEqual(got["first"]["limiter"]["denied"], 6)
        self.assertEqual(got["second"]["limiter"]["denied"], 7)
        # The second pass of 10.0.0.1 is its second request with slow, its fifth with strict.
        self.assertEqual(compared["denied_by_both"], 5)
        self.assertEqual(
            compared["denied_by_first_alone"],
            {
                "requests": 1,
                "clients": 1,
                "worst_exact": True,
                "worst": [{"client": "10.0.0.1", "denied": 1}],
            },
        )
        self.assertEqual(
            compared["denied_by_second_alone"],
            {
                "requests": 2,
                "clients": 2,
                "worst_exact": True,
                "worst": [
                    {"client": "10.0.0.1", "denied": 1},
                    {"client": "10.0.0.2", "denied": 1},
                ],
            },
        )
        self.assertEqual(
            compared["options"],
            {
                "limiter.burst": {"first": "1", "second": "2"},
                "limiter.rate": {"first": "1/s", "second": "2/min"},
            },
        )

    def test_each_is_as_it_is_by_itself(self):
        def figures(summary):
            return {name: value for name, value in summary.items() if "second" not in name}

        got = self.compare(DAY)
        self.assertEqual(figures(got["first"]), figures(replay("--config", self.first, DAY)))
        self.assertEqual(figures(got["second"]), figures(replay("--config", self.second, DAY)))
        compared = got["compared"]
        for one in ("first", "second"):
            self.assertEqual(
                compared["denied_by_both"] + compared["denied_by_%s_alone" % one]["requests"],
                got[one]["limiter"]["denied"],
            )

    def test_one_configuration_twice_differs_in_nothing(self):
        self.second = self.first
        compared = self.compare(self.log)["compared"]
        self.assertEqual(compared["options"], {})
        self.assertEqual(compared["denied_by_both"], 6)
        self.assertEqual(compared["denied_by_first_alone"]["requests"], 0)

    def test_in_words_from_standard_input(self):
        with open(self.log, "rb") as log:
            out = run(
                "replay", "--compare", self.second, "--title", "Two", "-", stdin=log.read()
            ).out
        for words in (
            "replay      Two\n",
            "first:  the defaults\n",
            "second: %s\n" % self.second,
            "options     limiter.burst                               60                 2\n",
            "by both: 0 requests\n",
            "by the second alone: 7 requests of 2 clients\n",
        ):
            self.assertIn(words, out)
        self.assertLessEqual(max(map(len, out.splitlines())), 100)

    def test_what_is_wrong_with_the_second_is_told_of_it(self):
        bad = self.file("bad.toml", '[limiter]\nrat = "1/s"\n')
        failed = run("replay", "--compare", bad, self.log, check=False)
        self.assertEqual(failed.returncode, 2)
        self.assertIn(bad, failed.err)
        self.assertIn("did you mean", failed.err)
        none = run("replay", "--compare", self.path("none.toml"), self.log, check=False)
        self.assertIn("none.toml", none.err)
        over = run(
            "replay", "--compare", self.second, "--report", self.second, self.log, check=False
        )
        self.assertEqual(over.returncode, 2)
        with open(self.second, encoding="utf-8") as kept:
            self.assertEqual(kept.read(), SLOW)

    def test_the_report_shows_both(self):
        if not find_chromium():
            print("SKIPPED: chromium is not installed")
            self.skipTest("no chromium")
        path = self.path("report.html")
        got = json.loads(
            run(
                *("replay", "--format", "json", "--config", self.first, "--compare", self.second),
                *("--report", path, DAY),
            ).out
        )
        with Browser() as browser:
            for width, scheme in ((1280, "light"), (400, "dark")):
                browser.open(path, width, scheme=scheme)
                self.assertEqual(browser.problems, [])
                wider = browser.run("document.documentElement.scrollWidth - window.innerWidth")
                self.assertLessEqual(wider, 0)
                sums = browser.run(
                    "Chart.getChart('chart-compared').data.datasets.map("
                    "(set) => set.data.reduce((all, point) => all + point.y, 0))"
                )
                self.assertEqual(
                    sums, [got[one]["limiter"]["denied"] for one in ("first", "second")]
                )
            page = browser.run("document.getElementById('compared').innerText")
        for words in ("strict.toml", "slow.toml", "Denied by the second alone", "2/min"):
            self.assertIn(words, page)
        self.assertNotRegex(page, r"NaN|undefined|Infinity|null")


if __name__ == "__main__":
    unittest.main()
