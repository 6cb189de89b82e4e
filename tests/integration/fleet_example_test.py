# SPDX-License-Identifier: Apache-2.0
"""fleet_example_test.py RUN BUILT: examples/fleet/run.py as a newcomer starts it. What three services in three
languages let through together is what the limit allows, before, while and after their server is stopped. BUILT has the
examples. SKIPPED where it says so."""

import re
import subprocess
import sys

RUN, BUILT = sys.argv[1:3]
SECONDS, RATE, MACHINES = 10, 100, 3
BURST, SLICE = RATE, RATE // 10
TABLE = re.compile(r"^ *(\d+)" + r" +(\d+)" * (MACHINES + 1) + r"(.*)$", re.M)

done = subprocess.run(
    [sys.executable, RUN, "--built", BUILT, "--seconds", str(SECONDS), "--rate", str(RATE)],
    stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT,
    text=True,
    timeout=200,
)
print(done.stdout)
if "SKIPPED:" in done.stdout:
    sys.exit()
assert done.returncode == 0, done.returncode
rows = [
    [int(number) for number in row[:-1]] + [row[-1].strip()] for row in TABLE.findall(done.stdout)
]
assert [row[0] for row in rows] == list(range(SECONDS)), rows
stopped = [row for row in rows if row[-1]]
assert [row[0] for row in stopped] == [5, 6, 7], stopped
for row in rows:
    assert sum(row[1:-2]) == row[-2], row
total = int(re.search(r"^([\d,]+) of 3,000 passed", done.stdout, re.M)[1].replace(",", ""))
# What a call passed in is known to a second: docs/fleet.md has the bound, with one burst more for the outage.
most = BURST + RATE * SECONDS + MACHINES * SLICE + BURST
assert RATE * SECONDS * 6 // 10 <= total <= most, (total, most)
for machine in range(1, MACHINES + 1):
    passed = [sum(row[machine] for row in part) for part in (rows, stopped)]
    assert min(passed) > 0, (machine, passed)
