# SPDX-License-Identifier: Apache-2.0
"""The command's other verbs, and what it says while it works."""

import json
import os
import signal
import subprocess
import time
import unittest

from command import DAY, DEMO, OUTGROW, CommandTest, log_line, run, run_on_terminal


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
        for words in (
            "100,000 requests",
            "denied",
            "app-4",
            "hits by request",
            "replica-2",
            "transitions",
            "inst-hours",
            "fixed at the peak",
            "one-step rule",
            "requests a second",
        ):
            self.assertIn(words, text)
        self.assertLessEqual(max(map(len, text.splitlines())), 90)
        self.assertLessEqual(max(map(len, run("replay", *DEMO).out.splitlines())), 90)

    def test_a_title(self):
        log = self.file("a.log", log_line())
        self.assertTrue(
            run("replay", "--title", "My day", log).out.startswith("replay      My day\n\ntraffic ")
        )
        self.assertTrue(run("replay", log).out.startswith("traffic "))

    def test_where_the_report_is(self):
        report = self.path("report.html")
        out = run("replay", "--report", report, self.file("a.log", log_line())).out
        self.assertTrue(out.endswith("report      %s\n" % report))
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.log", "report.html"])

    def test_progress_on_a_terminal(self):
        log = self.path("big.log")
        with open(log, "w") as out:
            out.writelines(
                log_line(i // 20, client="c%d" % (i % 999), url="/%d" % (i % 99))
                for i in range(400_000)
            )
        out, shown = run_on_terminal("replay", "--format", "json", log)
        self.assertEqual(json.loads(out)["requests"], 400_000)
        self.assertRegex(shown, r"^\r\x1b\[K[\d,]+ requests, \d+\.\d % of the log read")
        self.assertTrue(shown.endswith("\r\x1b[K"), "the line is wiped at the end")

    def test_nothing_is_left_in_the_temporary_folder(self):
        self.need_sqlite()

        def replaying(signum=None):
            process = subprocess.Popen(
                [OUTGROW, "replay", "-"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "TMPDIR": self.folder},
            )
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

    def test_a_report_is_whole_or_not_there_whenever_it_is_interrupted(self):
        report, log = self.path("report.html"), self.file("a.log", log_line())
        with open(report, "w") as out:
            out.write("mine")
        whole, ended = 0, 0
        for delay in range(40):
            process = subprocess.Popen(
                [OUTGROW, "replay", "--report", report, log],
                stdout=subprocess.DEVNULL,
                env={**os.environ, "TMPDIR": self.folder},
            )
            time.sleep(delay / 2000)
            process.send_signal(signal.SIGINT)
            ended += process.wait() == -signal.SIGINT  # to a shell: 130
            with open(report) as kept:
                text = kept.read()
            self.assertTrue(text == "mine" or text.endswith("</html>\n"))
            whole += text != "mine"
            self.assertEqual(sorted(os.listdir(self.folder)), ["a.log", "report.html"])
        print("%d of 40 were interrupted, %d left the report" % (ended, whole))
        self.assertGreater(ended, 0)

    def test_a_link_to_a_report_stays_one(self):
        os.symlink("there.html", self.path("link.html"))
        self.file("there.html", "old")
        run("replay", "--report", self.path("link.html"), self.file("a.log", log_line()))
        self.assertTrue(os.path.islink(self.path("link.html")))
        self.assertGreater(os.path.getsize(self.path("there.html")), 100_000)

    def test_a_report_goes_where_the_shell_says(self):
        log = self.file("a.log", log_line())
        out = self.path("out")
        for name in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"):
            with open(
                out, "w"
            ) as file:  # as `> out` does: the report first, then the summary behind it
                subprocess.run([OUTGROW, "replay", "--report", name, log], stdout=file, check=True)
            with open(out) as file:
                text = file.read()
            self.assertTrue(text.startswith("<!DOCTYPE html>"), name)
            self.assertIn("</html>\ntraffic ", text)
            self.assertTrue(text.endswith("report      %s\n" % name))
            piped = run("replay", "--report", name, log).out
            self.assertTrue(
                piped.startswith("<!DOCTYPE html>") and piped.endswith("report      %s\n" % name)
            )
        read, write = os.pipe()  # >(command), as a shell hands it over
        done = subprocess.Popen(
            [OUTGROW, "replay", "--report", "/dev/fd/%d" % write, log],
            pass_fds=[write],
            stdout=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as file:
            self.assertTrue(file.read().endswith("</html>\n"))
        self.assertEqual(done.wait(), 0)
        run("replay", "--report", "/dev/null", log)
        os.mkfifo(self.path("pipe"))
        done = subprocess.Popen(
            [OUTGROW, "replay", "--report", self.path("pipe"), log], stdout=subprocess.DEVNULL
        )
        with open(self.path("pipe")) as file:
            self.assertTrue(file.read().endswith("</html>\n"))
        self.assertEqual(done.wait(), 0)

    def test_a_report_s_mode_is_the_umask_s(self):
        log = self.file("a.log", log_line())
        for mask, mode in ((0o022, 0o644), (0o077, 0o600), (0o002, 0o664)):
            report = self.path("report-%o.html" % mask)
            subprocess.run(
                [OUTGROW, "replay", "--report", report, log],
                stdout=subprocess.DEVNULL,
                check=True,
                preexec_fn=lambda: os.umask(mask),
            )
            self.assertEqual(os.stat(report).st_mode & 0o777, mode)

    def test_a_report_replaces_a_link_to_nowhere_s_target(self):
        os.symlink("new.html", self.path("link.html"))
        run("replay", "--report", self.path("link.html"), self.file("a.log", log_line()))
        self.assertTrue(os.path.islink(self.path("link.html")))
        self.assertGreater(os.path.getsize(self.path("new.html")), 100_000)

    def test_one_is_one(self):
        out = run("replay", self.file("a.log", log_line())).out
        self.assertIn("1 request, 100 B, 0 lines skipped", out)
        self.assertIn("1 client, 1 URL, 0 server errors", out)

    def test_no_progress_where_no_terminal_is(self):
        self.assertEqual(run("replay", DAY).err, "")


if __name__ == "__main__":
    unittest.main()
