# SPDX-License-Identifier: Apache-2.0
"""examples/data: the modelled day is what its script writes, and has the shape it claims."""

import collections
import gzip
import os
import subprocess
import sys
import unittest

from command import DAY, EXAMPLES, CommandTest, requests_of

sys.path.insert(0, EXAMPLES)
import make_day  # noqa: E402


class DayTest(CommandTest):
    def test_the_modelled_day_is_what_its_script_writes(self):
        again = self.path("again.log.gz")
        subprocess.run([sys.executable, os.path.join(EXAMPLES, "make_day.py"), again], check=True)
        with gzip.open(again) as new, gzip.open(DAY) as committed:
            # Not the gzip bytes: another zlib may pack the same lines otherwise.
            self.assertTrue(
                new.read() == committed.read(), "examples/data/day.log.gz is not of make_day.py"
            )

    def test_the_modelled_day_has_the_shape_it_claims(self):
        hours, urls, statuses, methods = (collections.Counter() for _ in range(4))
        for client, second, method, url, status, _ in requests_of(DAY):
            hours[second // 3600] += client not in (
                make_day.SCRAPER,
                make_day.GUESSER,
                make_day.HAMMER,
            )
            urls[url] += 1
            statuses[status] += 1
            methods[method] += 1
        self.assertEqual(sum(methods.values()), 100000)
        everyone_else = sum(hours.values())
        self.assertEqual(everyone_else, 100000 - 4800 - 3000 - 1200)
        share = make_day.HOUR_SHARE
        for hour in range(24):
            # The published curve, with straight lines between the hours' middles; visits come in lumps.
            expected = (share[hour - 1] + 6 * share[hour] + share[(hour + 1) % 24]) / 8
            self.assertAlmostEqual(
                100 * hours[hour] / everyone_else / expected, 1, delta=0.15, msg="hour %d" % hour
            )
        top = sum(n for _, n in urls.most_common(len(urls) // 10))
        self.assertGreater(top, 50000)  # a tenth of the documents draws most requests
        self.assertAlmostEqual(statuses[304] / 100000, 0.08, delta=0.015)
        self.assertGreater(statuses[503], 3000)
        self.assertGreater(methods["POST"] + methods["PUT"] + methods["DELETE"], 3000)


if __name__ == "__main__":
    unittest.main()
