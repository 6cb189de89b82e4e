# SPDX-License-Identifier: Apache-2.0
"""How fast the command is, and how much memory it takes."""

import gzip
import os
import subprocess
import sys
import unittest

from command import DAY, OUTGROW, CommandTest, replay


class SlowTest(CommandTest):
    def most_memory(self, lines, urls=20000, clients=5000):
        """Of a replay of so many lines with so many different URLs and clients, in KiB."""
        write = (
            "import sys; sys.path.insert(0, %r); from command import log_line\n"
            "for i in range(%d): sys.stdout.write(log_line(i * 80000 // %d, 'c%%d' %% (i %% %d),"
            " url='/%%d' %% (i * 7919 %% %d), size=i %% 90000))"
            % (os.path.dirname(os.path.abspath(__file__)), lines, lines, clients, urls)
        )
        with open(self.path("big.log"), "w") as out:
            subprocess.run([sys.executable, "-c", write], stdout=out, check=True)
        measure = (
            "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True,"
            " stdout=subprocess.DEVNULL);"
            " print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        # AddressSanitizer keeps what is freed for a while, up to 256 MiB: that is no memory of ours.
        options = "quarantine_size_mb=0:thread_local_quarantine_size_kb=0:" + os.environ.get(
            "ASAN_OPTIONS", ""
        )
        done = subprocess.run(
            [sys.executable, "-c", measure, OUTGROW, "replay", self.path("big.log")],
            capture_output=True,
            check=True,
            env={**os.environ, "ASAN_OPTIONS": options},
        )
        return int(done.stdout)

    def test_memory_is_flat(self):
        short, long = self.most_memory(100_000), self.most_memory(1_000_000)
        print("%d KiB for 100,000 lines, %d KiB for ten times as many" % (short, long))
        self.assertLess(long, short * 1.1 + 2048)

    def test_memory_does_not_grow_with_the_urls(self):
        # A million URLs of which none comes twice. What grows is the count of different ones, up to a
        # bound; the rows are in a file.
        few, many = self.most_memory(1_000_000, 20_000), self.most_memory(1_000_000, 1_000_003)
        print("%d KiB for 20,000 URLs, %d KiB for 1,000,000" % (few, many))
        self.assertLess(many, few + 8 * 1024)

    def test_memory_does_not_grow_with_the_clients(self):
        few, many = self.most_memory(1_000_000), self.most_memory(1_000_000, clients=1_000_000)
        print("%d KiB for 5,000 clients, %d KiB for 1,000,000" % (few, many))
        self.assertLess(many, few + 8 * 1024)

    def test_throughput(self):
        with gzip.open(DAY) as day:
            text = day.read()
        log = self.file("day.log", text)
        best = max(replay(log)["requests_per_second"] for _ in range(3))
        print("%d requests a second on one core" % best)
        self.assertGreater(best, 100_000)  # a third of what an idle machine must reach


if __name__ == "__main__":
    unittest.main()
