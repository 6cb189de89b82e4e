# SPDX-License-Identifier: Apache-2.0
"""outgrow rules: Prometheus takes its rules, and they alert after the times of the workbook's formulas."""

import math
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from command import run

STEP = 60  # seconds between samples, and between evaluations
HEALTHY = 6 * 3600
OBJECTIVE = 0.999


def rules(*arguments):
    return run("rules", *arguments)


@unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
class PrometheusTest(unittest.TestCase):
    def promtool(self, *arguments, **files):
        folder = pathlib.Path(tempfile.mkdtemp())
        for name, text in files.items():
            (folder / f"{name}.yml").write_text(text)
        done = subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True)
        shutil.rmtree(folder)
        return done

    def test_prometheus_takes_them(self):
        checked = self.promtool("check", "rules", "r.yml", r=rules("a=0.99", "b-c/d.e=0.9").out)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertIn("18 rules found", checked.stdout)

    def outage(self, share, seconds, rate=1000):
        """The tests' series: six hours of good events, an outage, and two good hours."""
        phases = [(HEALTHY, 0), (seconds, share), (7200, 0)]
        good, bad = ["0"], ["0"]
        for series, part in ((good, lambda s: 1 - s), (bad, lambda s: s)):
            value = 0
            for length, s in phases:
                step = round(part(s) * rate * STEP)
                series.append(f"{value + step}+{step}x{length // STEP - 1}")
                value += step * (length // STEP)
        return good, bad

    def expect(self, series, at):
        """at: second -> severities that fire."""
        lines = ["rule_files: [r.yml]", f"evaluation_interval: {STEP}s", "tests:"]
        lines += [f"  - interval: {STEP}s", "    input_series:"]
        for outcome, values in zip(("good", "bad"), series):
            lines.append(
                f'      - series: \'outgrow_slo_events_total{{name="checkout",outcome="{outcome}"}}\''
            )
            lines.append(f"        values: '{' '.join(values)}'")
        lines.append("    alert_rule_test:")
        for second, fires in at.items():
            lines += [f"      - eval_time: {second}s", "        alertname: OutgrowSloPage"]
            lines.append("        exp_alerts:" + (" []" if not fires else ""))
            if fires:
                lines += [
                    "          - exp_labels: {severity: page, slo: checkout}",
                    "            exp_annotations: {summary: checkout spends its error budget fast}",
                ]
        done = self.promtool(
            "test", "rules", "t.yml", t="\n".join(lines) + "\n", r=rules("checkout=0.999").out
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_page_comes_after_the_workbooks_time(self):
        for share in (1, 0.1, 0.05):
            detection = (1 - OBJECTIVE) / share * 3600 * 14.4
            first = HEALTHY + math.ceil(detection / STEP) * STEP
            self.expect(self.outage(share, 3600), {first - STEP: False, first: True})

    def test_a_page_ends_after_the_short_windows_time(self):
        # As with og_slo: 15 minutes of nothing but bad events keep the second page until 30 minutes
        # hold fewer than .006 bad.
        end = HEALTHY + 900
        reset = 1800 * (1 - 6 * (1 - OBJECTIVE))
        last = end + math.floor(reset / STEP) * STEP
        self.expect(self.outage(1, 900), {last: True, last + 2 * STEP: False})

    def test_few_bad_events_page_nobody(self):
        good, bad = self.outage(0, 60, rate=0.1)
        few = ["0", f"0+0x{HEALTHY // STEP - 1}", "9+0x700"]
        many = ["0", f"0+0x{HEALTHY // STEP - 1}", "11+0x700"]
        self.expect((good, few), {HEALTHY + 200: False})
        self.expect((good, many), {HEALTHY + 200: True})


class ArgumentsTest(unittest.TestCase):
    def test_what_is_no_objective_is_refused(self):
        for text, said in {
            "checkout": "NAME=OBJECTIVE",
            "=0.9": "NAME=OBJECTIVE",
            "a=1": "0.5 to 0.999999",
            "a=0.4": "0.5 to 0.999999",
            "a=nan": "0.5 to 0.999999",
            "a=0.9x": "0.5 to 0.999999",
            "a'b=0.9": "letters",
            'a"b=0.9': "letters",
            "a\nb=0.9": "letters",
        }.items():
            refused = run("rules", text, check=False)
            self.assertEqual((refused.returncode, refused.out), (2, ""), text)
            self.assertIn(said, refused.err)


unittest.main()
