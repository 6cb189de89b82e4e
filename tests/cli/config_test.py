# SPDX-License-Identifier: Apache-2.0
"""The configuration file, and `outgrow options`, which says what may stand in it."""

import glob
import os
import re
import unittest

from command import DAY, EXAMPLES, CommandTest, log_line, replay, run


class ConfigTest(CommandTest):
    def test_the_example_holds_every_key_at_its_default(self):
        config = os.path.join(EXAMPLES, "replay.toml")
        with open(config) as example:
            _, sections = example.read().split("\n\n", 1)
        _, printed = run("options", "replay").out.split("\n\n", 1)
        self.assertEqual(
            sections,
            printed,
            "examples/data/replay.toml is not what `outgrow options replay` prints",
        )
        self.need_sqlite()
        with_it, without = replay("--config", config, DAY), replay(DAY)
        for got in (with_it, without):
            got.pop("elapsed_seconds"), got.pop("requests_per_second")
        self.assertEqual(with_it, without)

    def test_every_noun_of_the_library_is_described(self):
        said = set()  # by the headers, which name each noun's options
        for header in glob.glob(os.path.join(EXAMPLES, "..", "..", "capi/include/outgrow/*.h")):
            with open(header) as source:
                said |= set(
                    re.findall(r'Options[^:]*: og_config_describe\("(\w+)"\)', source.read())
                )
        everything = run("options").out
        names = re.findall(r"^\[(\w+)\]$", everything, re.M)
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual(
            set(names), said | {"service_time", "report"}
        )  # the last two: the replay's
        for name in names:
            alone = run("options", name).out
            self.assertTrue(alone.startswith("[%s]\n" % name))
            self.assertIn(alone, everything)

    def test_options(self):
        self.assertIn("\nfailure_threshold = 5\n", run("options", "breaker").out)
        # The library's own default; the replay's is another.
        self.assertIn("\nmax_endpoints = 256\n", run("options", "endpoints").out)
        self.assertIn("\nmax_endpoints = 1000\n", run("options", "replay").out)
        self.assertIn('\n# rate = ""\n', run("options", "limiter").out)
        self.assertNotIn("replay", run("options", "limiter").out)
        self.assertNotIn("servers", run("options", "balancer").out)
        self.assertIn('\nrate = "1/s"\n', run("options", "replay").out)
        self.assertIn("did you mean 'cache'?", self.refused("options", "cahce"))
        self.assertNotIn("[metrics]", run("options", "replay").out)

    def test_options_reach_the_nouns(self):
        log = self.file(
            "a.log", "".join(log_line(i // 10, url="/%d" % (i % 50)) for i in range(2000))
        )
        config = self.file(
            "c.toml",
            "[limiter]\nrate = '5/s'\nburst = 5\n[cache]\ncapacity_entries = 10\n"
            "[balancer]\nservers = ['a', 'b']\n[replicas]\nreplicas = 0\n",
        )
        got = replay("--config", config, log)
        self.assertEqual(got["limiter"]["allowed"], 5 * 200)
        self.assertEqual(got["balancer"]["picks"], {"a": 500, "b": 500})
        self.assertLessEqual(got["cache"]["entries"], 10)
        self.assertGreater(got["cache"]["evictions"], 0)
        self.assertEqual(list(got["store"]["reads"]), ["primary"])
        self.assertEqual(got["store"]["reads"]["primary"], got["cache"]["misses"])

    def test_consistent_hashing_by_client_and_by_url(self):
        log = self.file(
            "a.log", "".join(log_line(i, client="c%d" % (i % 2), url="/%d" % i) for i in range(400))
        )
        text = "[balancer]\npolicy = 'consistent_hash'\nhash = '%s'\n"
        by_client = replay("--config", self.file("c.toml", text % "client"), log)["balancer"][
            "picks"
        ]
        self.assertLessEqual(sum(n > 0 for n in by_client.values()), 2)
        self.assertTrue(set(by_client.values()) <= {0, 200, 400})
        by_url = replay("--config", self.file("c.toml", text % "url"), log)["balancer"]["picks"]
        self.assertEqual(sum(n > 0 for n in by_url.values()), 4)

    def test_weights(self):
        log = self.file("a.log", "".join(log_line(i) for i in range(700)))
        config = self.file(
            "c.toml",
            "[balancer]\npolicy = 'weighted_round_robin'\nservers = ['a', 'b', 'c']\n"
            "weights = [5, 1, 1]\n",
        )
        got = replay("--config", config, log)["balancer"]
        self.assertEqual(got["picks"], {"a": 500, "b": 100, "c": 100})
        self.assertEqual(got["imbalance"], 1)


if __name__ == "__main__":
    unittest.main()
