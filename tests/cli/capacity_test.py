# SPDX-License-Identifier: Apache-2.0
"""outgrow capacity: the law of a table, how many instances a rate needs, and what is no table."""

import json
import math
import pathlib
import tempfile
import unittest

from command import run

# R's package usl prints of it: sigma .0277285, kappa .0001044, gamma 89.9952330.
SDM91 = "1,64.9 18,995.9 36,1652.4 72,1853.2 108,1828.9 144,1775.0 216,1702.2"


def table(text):
    folder = tempfile.mkdtemp()
    path = pathlib.Path(folder) / "table.csv"
    path.write_text(text)
    return str(path)


def sdm91(head="concurrency,throughput"):
    return head + "\n" + SDM91.replace(" ", "\n") + "\n"


class CapacityTest(unittest.TestCase):
    def test_the_law_of_a_table_as_text(self):
        said = run("capacity", table(sdm91())).out
        self.assertIn("of 7 measurements", said)
        for figure in ("90 ", "0.02773", "0.0001044", "96.52", "1884", "82.85"):
            self.assertIn(figure, said)

    def test_the_law_of_a_table_as_json(self):
        said = json.loads(run("capacity", table(sdm91()), "--format", "json").out)["scalability"]
        self.assertAlmostEqual(said["sigma"]["value"], 0.0277285, 7)
        self.assertAlmostEqual(said["kappa"]["value"], 0.0001044, 7)
        self.assertAlmostEqual(said["lambda"]["value"], 89.9952330, 6)
        self.assertLess(said["peak"]["low"], said["peak"]["value"])
        self.assertEqual(said["samples"], 7)

    def test_columns_stand_in_any_order_beside_others(self):
        rows = [row.split(",") for row in SDM91.split()]
        text = "# of 1994\n\nuser, throughput ,concurrency,note\n"
        text += "".join(f'a,"{x}",{n},x\n' for n, x in rows)
        plain = run("capacity", table(sdm91()), "--format", "json").out
        self.assertEqual(run("capacity", table(text), "--format", "json").out, plain)

    def test_standard_input_and_windows_lines(self):
        text = "\ufeff" + sdm91().replace("\n", "\r\n")
        said = run("capacity", "-", stdin=text.encode()).out
        self.assertIn("of 7 measurements", said)

    def test_a_rate_is_answered_by_what_the_file_is_of(self):
        said = run("capacity", table(sdm91()), "--rate", "1000", "--format", "json")
        (one,) = json.loads(said.out)["staffing"]
        # 1000 are to be 70 % of what the law says of them.
        law = lambda n: 89.995233 * n / (1 + 0.02772848 * (n - 1) + 1.043655e-4 * n * (n - 1))
        least = next(n for n in range(1, 100) if law(n) * 0.7 >= 1000)
        self.assertEqual((one["instances"], one["basis"]), (least, "observed"))
        rows = "".join(f"{rate},{5 + rate / 50}\n" for rate in range(500, 4000, 500))
        said = run("capacity", table("rate,utilization\n" + rows), "--rate", "32500")
        self.assertEqual(said.out, "10 instances for 32500: 70 % utilized\n")

    def test_without_a_file_a_queue_answers_each_rate(self):
        said = run("capacity", "--rate", "60", "--rate", "600", "--set", "service_ms=1s").out
        self.assertEqual(
            [line.split(":")[0] for line in said.splitlines()],
            ["3 instances for 60", "14 instances for 600"],
        )

    def test_options_change_the_answer(self):
        ask = ("capacity", "--rate", "600", "--set", "service_ms=1s", "--format", "json")
        (one,) = json.loads(run(*ask, "--set", "zones=3").out)["staffing"]
        self.assertEqual((one["instances"], one["working"]), (21, 14))
        self.assertEqual(one["load"], 10)
        self.assertTrue(math.isclose(one["utilization"], 1000 / 14))

    def test_what_is_no_table_is_told_by_its_line(self):
        for text, words in (
            ("", "the first line names the columns: concurrency and throughput"),
            ("users,throughput\n1,2\n", ":1: the first line names the columns"),
            ("concurrency,throughput\n1,2\n\n3,many\n", ":4: throughput cannot be 'many'"),
            ("concurrency,throughput\n1,2\n3\n", ":3: there is no throughput"),
            ("concurrency,throughput\n1,2\n0.5,3\n", ":3: a concurrency is 1 to 1e15"),
            ("concurrency,throughput\n1,nan\n", ":2: a concurrency is 1 to 1e15"),
            ("rate,utilization\n1,-2\n", ":2: a rate and a utilization are 0 to 1e15"),
            ("concurrency,throughput\n1,2\n2,3\n", "a fit needs 6 observations"),
        ):
            said = run("capacity", table(text), check=False)
            self.assertEqual((said.returncode, said.out), (2, ""))
            self.assertIn(words, said.err)

    def test_what_is_no_question_is_told(self):
        for arguments, words in (
            ((), "capacity wants a FILE.csv, a --rate, or both"),
            (("/nowhere.csv",), "cannot read /nowhere.csv"),
            (("--rate", "many"), "--rate cannot be 'many'"),
            (("--rate", "1"), "'service_ms' is 0"),
            (("--rate", "-1", "--set", "service_ms=1s"), "rate cannot be -1"),
            (("--rate", "1", "--set", "service=1s"), "did you mean 'service_ms'?"),
            (("--rate", "1", "--set", "service_ms"), "--set takes option=value"),
            (("--rte", "1"), "did you mean '--rate'?"),
        ):
            said = run("capacity", *arguments, check=False)
            self.assertEqual(said.returncode, 2)
            self.assertIn(words, said.err, arguments)

    def test_a_rate_that_nothing_carries_is_told(self):
        said = run("capacity", table(sdm91()), "--rate", "1400", check=False)
        self.assertEqual(said.returncode, 2)
        self.assertIn("no number of instances carries 1400", said.err)


unittest.main()
