# SPDX-License-Identifier: Apache-2.0
"""A segment of a test's own."""

import os
import subprocess

from command import CommandTest

HOLDER = os.environ["OUTGROW_SEGMENT_HOLDER"]


class SegmentTest(CommandTest):
    """With a segment that a process holds (segment_holder.c says of what)."""

    def setUp(self, *what):
        CommandTest.setUp(self)
        self.name = "/outgrow-cli-test-%d" % os.getpid()
        self.holder = subprocess.Popen(
            [HOLDER, self.name, *what], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.assertEqual(self.holder.stdout.readline(), b"ready\n")

    def tearDown(self):
        self.holder.stdin.close()
        self.assertEqual(self.holder.wait(), 0)
        self.holder.stdout.close()
        if os.path.exists("/dev/shm" + self.name):
            os.unlink("/dev/shm" + self.name)
        CommandTest.tearDown(self)

    def write_over(self, old, new):
        with open("/dev/shm" + self.name, "r+b") as segment:
            segment.seek(segment.read().index(old))
            segment.write(new)
