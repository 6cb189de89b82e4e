# SPDX-License-Identifier: Apache-2.0
"""The autoscaler's part of the summary, where it can be worked out by hand."""

import unittest

from command import DAY, CommandTest, log_line, replay


class ScalingTest(CommandTest):
    def test_instance_hours_by_hand(self):
        # 300 requests a minute of 100 ms of CPU, at growth 1: half an instance, for an hour. Latency is
        # 100 / (1 - 0.5) ms, so nothing asks for more, and at 50 % of CPU nothing for fewer.
        model = "[service_time]\nmiss_ms = 100\nhit_ms = 100\nper_mib_ms = 0\n"
        log = self.file(
            "a.log", "".join(log_line(s, client="c%d" % i) for s in range(3600) for i in range(5))
        )
        got = replay("--config", self.file("c.toml", model + "growth = 1\n"), log)["autoscaler"]
        self.assertEqual(got["growth"], 1)
        self.assertEqual(got["instance_hours"], 1)
        self.assertEqual(got["overloaded_minutes"], 0)
        self.assertEqual((got["decisions"], got["peak"]), (0, 1))
        self.assertEqual(got["step_rule"], got["fixed"])
        self.assertEqual(got["fixed"], {"instance_hours": 1, "overloaded_minutes": 0, "peak": 1})
        # At growth 6 three instances are full: one is overloaded until those ordered have started.
        got = replay("--config", self.file("d.toml", model + "growth = 6\n"), log)["autoscaler"]
        self.assertEqual(got["fixed"], {"instance_hours": 3, "overloaded_minutes": 0, "peak": 3})
        self.assertGreaterEqual(got["overloaded_minutes"], 3)  # a minute seen, two to start
        self.assertGreaterEqual(got["peak"], 3)
        for change in got["changes"]:
            self.assertNotEqual(change["from"], change["to"])
            self.assertIn("%d -> %d" % (change["from"], change["to"]), change["text"])
        self.assertEqual(got["decisions"], len(got["changes"]))

    def test_the_log_s_minutes_are_all_looked_at(self):
        got = replay(DAY)["autoscaler"]
        self.assertEqual(got["evaluations"], 1440)
        self.assertEqual(got["policy"], "proportional")

    def test_instances_are_paid_for_from_the_decision_on(self):
        got = replay(DAY)["autoscaler"]
        ordered = {change["at"][11:16]: change["to"] for change in got["changes"]}
        self.assertEqual(len(ordered), got["decisions"])  # at most one a minute
        instances, hours, most = 1, 0, 1
        for minute in range(1440):
            instances = ordered.get("%02d:%02d" % (minute // 60, minute % 60), instances)
            most = max(most, instances)
            hours += instances / 60
        self.assertAlmostEqual(got["instance_hours"], hours, places=5)
        self.assertEqual(got["peak"], most)
        self.assertEqual(sum(got["reasons"].values()), got["decisions"])

    def test_growth_fills_the_asked_instances(self):
        got = replay(DAY)["autoscaler"]
        self.assertEqual(got["fixed"]["peak"], 8)
        self.assertEqual(got["fixed"]["instance_hours"], 8 * 24)


if __name__ == "__main__":
    unittest.main()
