# SPDX-License-Identifier: Apache-2.0
"""The autoscaler's part of the summary, where it can be worked out by hand."""

import unittest

from command import DAY, DEMO, CommandTest, log_line, replay, run


class ScalingTest(CommandTest):
    def check_bill(self, way, hours, overloaded, peak):
        self.assertEqual(
            (way["instance_hours"], way["overloaded_minutes"], way["peak"]),
            (hours, overloaded, peak),
        )

    def test_instance_hours_by_hand(self):
        # 300 requests a minute of 100 ms of CPU, at growth 1: half an instance, for an hour. Latency is
        # 100 / (1 - 0.5) ms, so nothing asks for more, and at 50 % of CPU nothing for fewer.
        rule = '[autoscaler]\npolicy = "proportional"\n'
        model = "[service_time]\nmiss_ms = 100\nhit_ms = 100\nper_mib_ms = 0\n"
        log = self.file(
            "a.log", "".join(log_line(s, client="c%d" % i) for s in range(3600) for i in range(5))
        )
        config = self.file("c.toml", rule + model + "growth = 1\n")
        got = replay("--config", config, log)["autoscaler"]
        self.assertEqual(got["growth"], 1)
        self.assertEqual(got["instance_hours"], 1)
        self.assertEqual(got["overloaded_minutes"], 0)
        self.assertEqual((got["decisions"], got["peak"]), (0, 1))
        self.assertEqual(got["step_rule"], got["fixed"])
        self.check_bill(got["fixed"], 1, 0, 1)
        self.assertEqual(got["fixed"]["utilization_percent"], 50)
        self.assertEqual(got["superposed"], got["copied"])
        self.assertEqual(got["superposed"]["clairvoyant"], got["fixed"])
        # At growth 6 three instances are full: one is overloaded until those ordered have started.
        config = self.file("d.toml", rule + model + "growth = 6\n")
        got = replay("--config", config, log)["autoscaler"]
        self.check_bill(got["fixed"], 3, 0, 3)
        self.check_bill(got["superposed"]["clairvoyant"], 3, 0, 3)
        self.check_bill(got["superposed"]["constants"][1], 2, 60, 2)
        # A third of the work: two of three instances, but for the half a minute's that waits.
        self.assertAlmostEqual(
            got["superposed"]["constants"][1]["lost_percent"], 100 * (3600 - 60) / 10800, places=2
        )
        self.assertGreaterEqual(got["overloaded_minutes"], 2.25)  # 15 s seen, two minutes to start
        self.assertGreaterEqual(got["peak"], 3)
        for change in got["changes"]:
            self.assertNotEqual(change["from"], change["to"])
            self.assertIn("%d -> %d" % (change["from"], change["to"]), change["text"])
        self.assertEqual(got["decisions"], len(got["changes"]))
        # Policy demand has room for noise until it has seen four minutes without: of .5 and
        # 2.6 * sqrt(.5 * .32 / (n + 1)) there is less than one then. 20 minutes later it is gone.
        config = self.file("e.toml", model + "growth = 1\n")
        got = replay("--config", config, log)["autoscaler"]
        self.assertEqual([(c["from"], c["to"]) for c in got["changes"]], [(1, 2), (2, 1)])
        self.assertIn(got["changes"][1]["at"][11:16], ("00:23", "00:24"))
        self.assertEqual((got["reasons"], got["overloaded_minutes"]), ({"demand": 2}, 0))

    def test_the_demonstration_s_day(self):
        got = replay(*DEMO)["autoscaler"]
        ours, four = got["copied"]["autoscaler"], got["copied"]["constants"][3]
        self.assertLessEqual(ours["instance_hours"], 95)
        self.assertLessEqual(ours["overloaded_minutes"], 12)
        self.assertLessEqual(ours["elasticity"]["changes"], 45)
        self.assertLessEqual(ours["peak"], 9)
        # Better than the best constant: four instances all day.
        self.assertEqual(four["instance_hours"], 96)
        self.assertLess(ours["instance_hours"], 96)
        self.assertLess(ours["overloaded_minutes"], four["overloaded_minutes"])
        # So with independent sources, which three would carry.
        ours, three = got["superposed"]["autoscaler"], got["superposed"]["constants"][2]
        self.assertEqual(three["instance_hours"], 72)
        self.assertLessEqual(ours["instance_hours"], 70)
        self.assertLessEqual(ours["overloaded_minutes"], three["overloaded_minutes"])
        self.assertLessEqual(ours["overloaded_minutes"], 2)
        # In the hour that a dependency fails nothing changes.
        self.assertEqual([c for c in got["changes"] if "14:00" <= c["at"][11:16] < "15:00"], [])

    def test_the_log_s_minutes_are_all_looked_at(self):
        got = replay(DAY)["autoscaler"]
        self.assertEqual(got["evaluations"], 4 * 1440)  # every 15 seconds
        self.assertEqual(got["policy"], "demand")

    def test_instances_are_paid_for_from_the_decision_on(self):
        got = replay(*DEMO)["autoscaler"]
        ordered = {change["at"][11:19]: change["to"] for change in got["changes"]}
        self.assertEqual(len(ordered), got["decisions"])  # at most one in 15 seconds
        instances, hours, most = 3, 0, 3  # as examples/data/day.toml says
        for s in range(0, 86400, 15):
            at = "%02d:%02d:%02d" % (s // 3600, s // 60 % 60, s % 60)
            instances = ordered.get(at, instances)
            most = max(most, instances)
            hours += instances / 240
        self.assertAlmostEqual(got["instance_hours"], hours, places=5)
        self.assertEqual(got["peak"], most)
        self.assertEqual(sum(got["reasons"].values()), got["decisions"])

    def test_growth_fills_the_asked_instances(self):
        got = replay(*DEMO)["autoscaler"]
        self.assertEqual(got["copied"]["fixed"]["peak"], 8)
        self.assertEqual(got["copied"]["fixed"]["instance_hours"], 8 * 24)
        self.assertEqual(got["copied"]["fixed"]["overloaded_minutes"], 0)  # spread over the minute
        # Of independent sources no minute is as far off the level.
        self.assertLess(got["superposed"]["fixed"]["peak"], 8)

    def test_what_knows_more_costs_less(self):
        got = replay(*DEMO)["autoscaler"]
        for grown in (got["superposed"], got["copied"]):
            foresight = grown["clairvoyant"]
            self.assertEqual(foresight["overloaded_minutes"], 0)
            for constant in grown["constants"]:
                if constant["overloaded_minutes"] == 0:
                    self.assertLess(foresight["instance_hours"], constant["instance_hours"])
            more = [constant["overloaded_minutes"] for constant in grown["constants"]]
            self.assertEqual(more, sorted(more, reverse=True))

    def test_one_s_own_log_is_not_grown_and_the_headline_says_so(self):
        self.assertEqual(replay(DAY)["autoscaler"]["growth"], 1)
        own, demo = run("replay", DAY).out, run("replay", *DEMO).out
        self.assertIn("  instances below are those of this traffic (", own)
        self.assertRegex(demo, r"  instances below are those of \d+(\.\d)? times this traffic \(")

    def timed_log(self, count, ms, per_minute):
        """CloudFront's lines, so many a minute, each of another URL and client, in so many ms."""
        head = "#Fields: date time c-ip cs-method cs-uri-stem sc-status sc-bytes x-edge-location time-taken\n"
        line = "2024-01-01\t%02d:%02d:%02d\t10.0.%d.%d\tGET\t/%d\t200\t100\tFRA1\t%.3f\n"
        seconds = [i * 60 // per_minute for i in range(count)]
        return self.file(
            "timed.log",
            head
            + "".join(
                line % (s // 3600, s // 60 % 60, s % 60, i // 250 % 250, i % 250, i, ms / 1000)
                for i, s in enumerate(seconds)
            ),
        )

    def test_logged_durations_are_the_load(self):
        # 60 requests a minute of 2.5 s are 2.5 in flight, by Little's law: three instances of one each.
        log = self.timed_log(600, 2500, 60)
        got = replay(log)
        self.assertEqual(got["durations"], {"logged": 600, "mean_ms": 2500})
        scaled = got["autoscaler"]
        self.assertEqual(scaled["growth"], 1)
        self.assertEqual(scaled["fixed"]["peak"], 3)
        self.assertEqual(scaled["fixed"]["instance_hours"], 0.5)
        # An instance that works on five at once carries twice that: half an instance's load.
        config = self.file("c.toml", "[service_time]\nin_flight = 5\n")
        self.assertEqual(replay("--config", config, log)["autoscaler"]["fixed"]["peak"], 1)
        # The model, which the log's durations take the place of, has 20 ms for each.
        none = replay("--log-field", "duration=", log)
        self.assertEqual(none["durations"], {"logged": 0, "mean_ms": 0})
        self.assertEqual(none["autoscaler"]["fixed"]["peak"], 1)
        self.assertIn("all with a logged duration, 2500.0 ms in the mean", run("replay", log).out)

    def test_latency_is_the_logged_one(self):
        # Every request took 900 ms and .3 of an instance is busy: nothing but latency asks for more.
        def reasons(policy, ms):
            config = self.file(
                "c.toml",
                "[autoscaler]\nresponse_time_up = 800\nresponse_time_down = 100\n"
                'policy = "%s"\n' % policy,
            )
            return replay("--config", config, self.timed_log(400, ms, 20))["autoscaler"]["reasons"]

        self.assertEqual(set(reasons("step", 900)), {"over_threshold: response_time"})
        self.assertEqual(reasons("step", 700), {})
        # At 30 % of CPU more instances are no answer to it.
        self.assertEqual(reasons("proportional", 900), {})


if __name__ == "__main__":
    unittest.main()
