# SPDX-License-Identifier: Apache-2.0
"""The command's other verbs, and what it says while it works."""

import json
import os
import pty
import signal
import subprocess
import unittest

from command import DAY, OUTGROW, CommandTest, log_line, run


class OtherVerbsTest(CommandTest):
    def test_version(self):
        self.assertRegex(run("version").out, r"^outgrow \d+\.\d+\.\d+\n$")
        self.assertEqual(run("version").out, run("--version").out)

    def test_help(self):
        self.assertIn("replay", run("--help").out)
        text = run("replay", "--help").out
        for words in ("--config", "--format", "--report", "--strict", "LOG"):
            self.assertIn(words, text)

    def test_summary_in_words(self):
        text = run("replay", DAY).out
        for words in ("100,000 requests", "denied", "app-4", "hits by request", "replica-2", "transitions",
                      "inst-hours", "fixed at the peak", "one-step rule", "requests a second"):
            self.assertIn(words, text)
        self.assertLessEqual(max(map(len, text.splitlines())), 90)

    def test_a_title(self):
        log = self.file("a.log", log_line())
        self.assertTrue(run("replay", "--title", "My day", log).out.startswith("replay      My day\n\ntraffic "))
        self.assertTrue(run("replay", log).out.startswith("traffic "))

    def test_where_the_report_is(self):
        report = self.path("report.html")
        out = run("replay", "--report", report, self.file("a.log", log_line())).out
        self.assertTrue(out.endswith("report      %s\n" % report))
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.log", "report.html"])

    def test_progress_on_a_terminal(self):
        log = self.path("big.log")
        with open(log, "w") as out:
            out.writelines(log_line(i // 20, client="c%d" % (i % 999), url="/%d" % (i % 99)) for i in range(400_000))
        master, slave = pty.openpty()
        done = subprocess.Popen([OUTGROW, "replay", "--format", "json", log], stdout=subprocess.PIPE, stderr=slave)
        os.close(slave)
        out = done.stdout.read()
        done.stdout.close()
        self.assertEqual(done.wait(), 0)
        shown = os.read(master, 1 << 20).decode()
        os.close(master)
        self.assertEqual(json.loads(out)["requests"], 400_000)
        self.assertRegex(shown, r"^\r\x1b\[K[\d,]+ requests, \d+\.\d % of the log read")
        self.assertTrue(shown.endswith("\r\x1b[K"), "the line is wiped at the end")

    def test_nothing_is_left_in_the_temporary_folder(self):
        self.need_sqlite()
        def replaying(signum=None):
            process = subprocess.Popen([OUTGROW, "replay", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, env={**os.environ, "TMPDIR": self.folder})
            process.stdin.write(log_line().encode() * 20_000)
            process.stdin.flush()
            if signum:
                # More than its buffers hold was taken: it is replaying, and the store's file is there.
                self.assertEqual(len(os.listdir(self.folder)), 1)
                process.send_signal(signum)
            process.stdin.close()
            return process.wait()

        self.assertEqual(replaying(), 0)
        self.assertEqual(os.listdir(self.folder), [])
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.assertEqual(replaying(signum), -signum)
            self.assertEqual(os.listdir(self.folder), [])

    def test_no_progress_where_no_terminal_is(self):
        self.assertEqual(run("replay", DAY).err, "")


if __name__ == "__main__":
    unittest.main()
