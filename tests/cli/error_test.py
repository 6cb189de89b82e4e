# SPDX-License-Identifier: Apache-2.0
"""What the command refuses: one line on standard error, exit code 2, nothing half-written."""

import gzip
import os
import resource
import signal
import subprocess
import unittest

from command import DAY, EXAMPLES, OUTGROW, CommandTest, log_line, run


class ErrorTest(CommandTest):
    def test_missing_log(self):
        self.assertEqual(
            self.refused("replay", "/nowhere.log"),
            "cannot read /nowhere.log: No such file or directory",
        )

    def test_folder_as_log(self):
        self.assertEqual(
            self.refused("replay", self.folder), "cannot read %s: Is a directory" % self.folder
        )

    def test_unreadable_log(self):
        path = self.file("a.log", log_line())
        os.chmod(path, 0)
        nobody = {"user": 65534} if os.geteuid() == 0 else {}  # root reads everything
        try:
            message = self.refused("replay", path, **nobody)
        except PermissionError:
            print("SKIPPED: another user than root cannot run the command from here")
            self.skipTest("root")
        self.assertEqual(message, "cannot read %s: Permission denied" % path)

    def test_truncated_gzip_is_an_error_to_the_strict(self):
        with open(DAY, "rb") as day:
            cut = self.file("cut.gz", day.read()[:300000])
        report = self.path("report.html")
        message = self.refused("replay", "--strict", "--report", report, cut)
        self.assertRegex(message, r"cut.gz: gzip data cut off after line \d+$")
        self.assertEqual(os.listdir(self.folder), ["cut.gz"])

    def test_damaged_and_truncated_gzip_on_standard_input(self):
        packed = gzip.compress(log_line().encode() * 1000)
        self.assertRegex(
            self.refused("replay", "--strict", "-", stdin=packed[:-9]),
            r"^standard input: gzip data cut off after line \d+$",
        )
        self.assertEqual(
            self.refused("replay", "-", stdin=packed[:12]),
            "-: no request (standard input: gzip data cut off after line 0)",
        )
        broken = packed[:20] + bytes(b ^ 0x55 for b in packed[20:])
        self.assertIn("gzip data damaged", self.refused("replay", "-", stdin=broken))

    def test_other_bytes_after_gzip(self):
        packed = gzip.compress(log_line().encode())
        self.assertEqual(
            self.refused("replay", "--strict", self.file("a.gz", packed + b"garbage\n")),
            self.path("a.gz") + ": bytes that are not gzip follow its data after line 1",
        )
        self.assertIn(
            "cut off", self.refused("replay", "--strict", self.file("b.gz", packed + b"\x1f\x8b"))
        )
        run("replay", self.file("c.gz", packed + bytes(512)))  # what tar and tapes pad with

    def strangers_link(self, target):
        """A link that another user left in a folder like /tmp. It takes root to make one."""
        if os.geteuid() != 0:
            print("SKIPPED: only root can make another user's link")
            self.skipTest("not root")
        shared = self.path("shared")
        os.mkdir(shared)
        os.chmod(shared, 0o1777)
        link = os.path.join(shared, "report.html")
        os.symlink(target, link)
        os.lchown(link, 65534, 65534)
        return link

    def test_another_user_s_link_is_not_followed(self):
        mine, log = self.file("mine.txt", "mine"), self.file("a.log", log_line())
        pipe = self.path("pipe")
        os.mkfifo(pipe)
        link = self.strangers_link(mine)
        for target in (mine, self.path("new.txt"), "/dev/null", pipe):
            os.unlink(link)
            os.symlink(target, link)
            os.lchown(link, 65534, 65534)
            self.assertEqual(
                self.refused("replay", "--report", link, log),
                "cannot write %s: Permission denied" % link,
            )
        self.assertFalse(os.path.exists(self.path("new.txt")))
        with open(mine) as kept:
            self.assertEqual(kept.read(), "mine")
        own = self.path("own.html")  # of one's own, but it leads to the stranger's
        os.symlink(link, own)
        self.assertIn("Permission denied", self.refused("replay", "--report", own, log))
        os.lchown(link, 0, 0)
        os.unlink(link)
        os.symlink(mine, link)
        run("replay", "--report", link, log)
        self.assertTrue(os.path.islink(link))
        self.assertGreater(os.path.getsize(mine), 100_000)

    def test_links_in_a_circle(self):
        os.symlink("b", self.path("a"))
        os.symlink("a", self.path("b"))
        self.assertEqual(
            self.refused("replay", "--report", self.path("a"), self.file("a.log", log_line())),
            "cannot write %s: Too many levels of symbolic links" % self.path("a"),
        )

    def test_standard_input_can_be_read_once(self):
        self.assertIn("named twice", self.refused("replay", "-", "-", stdin=log_line().encode()))

    def test_nothing_that_is_read_is_replaced(self):
        log, config = (
            self.file("a.log", log_line()),
            self.file("c.toml", "[limiter]\nrate = '1/s'\n"),
        )
        os.symlink("a.log", self.path("link.log"))
        for over in (log, self.path("link.log"), config):
            self.assertEqual(
                self.refused("replay", "--config", config, "--report", over, log),
                "the report would replace %s, which is to be read"
                % (config if over == config else log),
            )
        with open(log) as kept:
            self.assertEqual(kept.read(), log_line())

    def limited(self, most, *arguments):
        """A run in which no file may grow past so many bytes: a disk that is full."""

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        return self.refused(
            "replay",
            *arguments,
            env={**os.environ, "TMPDIR": self.folder},
            preexec_fn=limit,
            restore_signals=False,
        )

    def test_full_disk_under_the_report(self):
        log, report = self.file("a.log", log_line()), self.file("report.html", "mine")
        config = self.file("c.toml", "[store]\nkind = 'memory'\n")
        self.assertEqual(
            self.limited(4096, "--config", config, "--report", report, log),
            "cannot write %s: File too large" % report,
        )
        with open(report) as kept:
            self.assertEqual(kept.read(), "mine")
        self.assertEqual(sorted(os.listdir(self.folder)), ["a.log", "c.toml", "report.html"])

    def test_full_disk_under_the_store(self):
        self.need_sqlite()
        log = self.file("a.log", "".join(log_line(i, url="/%d" % i) for i in range(5000)))
        self.assertIn("[store] ", self.limited(32768, "--report", self.path("report.html"), log))
        self.assertEqual(os.listdir(self.folder), ["a.log"])

    def test_what_is_shown_stays_on_its_line(self):
        self.assertEqual(
            self.refused("replay", "/no\x1b[31m\nwhere\u009b\u00fc"),
            "cannot read /no\\x1b[31m\\x0awhere\\xc2\\x9b\u00fc: No such file or directory",
        )

    def test_a_bad_configuration_is_told_before_a_report_is_touched(self):
        report = self.path("report.html")
        self.refused(
            "replay",
            "--config",
            self.file("c.toml", "[limiter]\nrat = 1\n"),
            "--report",
            report,
            DAY,
        )
        self.assertFalse(os.path.exists(report))

    def test_a_store_that_cannot_be_opened(self):
        self.need_sqlite()
        config = self.file("c.toml", "[store]\npath = '/nowhere/s.db'\n")
        message = self.refused("replay", "--config", config, self.file("a.log", log_line()))
        self.assertIn("/nowhere/s.db", message)
        message = self.refused(
            "replay", self.file("a.log", log_line()), env={**os.environ, "TMPDIR": "/nowhere"}
        )
        self.assertIn("cannot make a temporary folder /nowhere/", message)

    def test_a_report_that_stands_is_left_alone(self):
        report = self.file("report.html", "mine")
        self.refused("replay", "--report", report, self.file("empty.log", ""))
        with open(report) as kept:
            self.assertEqual(kept.read(), "mine")

    def test_report_where_none_can_be(self):
        log = self.file("a.log", log_line())
        self.assertEqual(
            self.refused("replay", "--report", "/nowhere/r.html", log),
            "cannot write /nowhere/r.html: No such file or directory",
        )
        self.assertEqual(
            self.refused("replay", "--report", self.folder, log),
            "cannot write %s: Is a directory" % self.folder,
        )

    def test_empty_log(self):
        path = self.file("empty.log", "")
        self.assertEqual(self.refused("replay", path), path + ": no request: no line")
        self.assertIn("no request", self.refused("replay", "-", stdin=b""))
        self.assertIn("no request", self.refused("replay", self.file("e.gz", gzip.compress(b""))))

    def test_not_a_log(self):
        message = self.refused("replay", os.path.join(EXAMPLES, "make_day.py"))
        self.assertIn("no request in Common or Combined Log Format (line 1: ", message)
        self.assertTrue(
            message.endswith(
                "; --log-format knows auto, common, combined, caddy, envoy, envoy_text, traefik, json, "
                "alb, haproxy, cloudfront, w3c and patterns"
            ),
            message,
        )

    def test_json_that_lacks_a_field_says_what_was_looked_for(self):
        log = self.file("a.log", '{"msg": "started", "status": 200}\n{"msg": "x"}\n')
        self.assertRegex(
            self.refused("replay", log),
            r": no request in JSON \(line 1: no time \(none of time_iso8601, time_local, .*\)\); "
            "--log-format knows ",
        )

    def test_strict(self):
        path = self.file("a.log", log_line() + "rubbish\n" + log_line())
        self.assertIn(
            path + ":2: not Common or Combined Log Format: ",
            self.refused("replay", "--strict", path),
        )

    def check_config(self, text, *wanted):
        config = self.file("c.toml", text)
        message = self.refused("replay", "--config", config, self.file("a.log", log_line()))
        for words in wanted:
            self.assertIn(words, message)

    def test_unknown_keys_name_the_nearest(self):
        self.check_config("[limiter]\nrat = '5/s'\n", "c.toml:2: ", "'rat'", "'rate'")
        self.check_config("\n[cache]\ncapacity_byte = 5\n", "c.toml:3: ", "'capacity_bytes'")
        self.check_config("[service_time]\nhit_m = 5\n", "c.toml:2: ", "did you mean 'hit_ms'?")
        self.check_config("[limitter]\n", "c.toml:1: ", "did you mean 'limiter'?")
        self.check_config("[autoscaler]\nmax_instance = 3\n", "'max_instances'")
        self.check_config(
            "[balancer]\nserver = ['a']\n",
            "c.toml:2: unknown key 'server' in [balancer] (did you mean 'servers'?)",
        )
        self.check_config("[balancer]\npolcy = 'x'\n", "did you mean 'policy'?")
        self.check_config(
            "[store]\nxyzzy = 1\n", "unknown key 'xyzzy' in [store] (the nearest is '"
        )
        self.check_config("[metrics]\n", "c.toml:1: unknown section 'metrics'")
        self.check_config("[breaker]\nfailure_treshold = 3\n", "'failure_threshold'")
        self.check_config("[?", "c.toml:1: ", "'?'")
        self.check_config(
            "[limiter]\nrate = 1\n\ufee8\n", "c.toml:3: the characters U+FB26 to U+FEFE"
        )

    def test_bad_values(self):
        self.check_config("[limiter]\nrate = 'fast'\n", "c.toml:2: ", "rate", "fast")
        self.check_config("[breaker]\nfailure_threshold = 0\n", "c.toml:2: ", "1 to ")
        self.check_config("[service_time]\nmiss_ms = -1\n", "c.toml:2: ", "0 to 60000 ms")
        self.check_config("[service_time]\nstart_ms = '2 fortnights'\n", "c.toml:2: ", "start_ms")
        self.check_config(
            "[service_time]\nmiss_ms = 1e100\n",
            "c.toml:2: [service_time] miss_ms cannot be '1e+100': use milliseconds or a duration "
            "such as 30s, 0 to 60000 ms",
        )
        for value in (
            "-1e100",
            "1e-100",
            "1e308",
            "inf",
            "-inf",
            "nan",
            "'.5s'",
            "'1 000'",
            "'5s5'",
            "'1d1'",
            "' '",
        ):
            self.check_config(
                "[service_time]\nmiss_ms = %s\n" % value, "miss_ms cannot be '", "0 to 60000 ms"
            )
            self.check_config(
                "[cache]\nttl_ms = %s\n" % value, "option 'ttl_ms' cannot be '", " ms"
            )
        self.check_config(
            "[limiter]\nrate = '1/.5s'\n",
            "c.toml:2: ",
            "option 'rate' cannot be '1/.5s'",
            "5/250ms",
        )
        self.check_config(
            "[limiter]\nrate = '5/60'\n", "c.toml:2: ", "option 'rate' cannot be '5/60'"
        )
        self.check_config(
            "[service_time]\nmemory_percent = '35 %'\n",
            "memory_percent cannot be '35 %': use 0 to 100 percent",
        )
        self.check_config(
            "[report]\nworst_clients = 2.5\n",
            "worst_clients cannot be '2.5': use a whole number, 0 to 1000",
        )
        self.check_config("[balancer]\npolicy = 'random_robin'\n", "c.toml:2: ", "policy")
        self.check_config("[balancer]\nservers = []\n", "empty")
        self.check_config("[balancer]\nservers = ['a', 'a']\n", "twice")
        self.check_config(
            "[balancer]\nservers = ['a', 'b']\nweights = [1]\n",
            "c.toml:3: ",
            "1 numbers for 2 servers",
        )
        self.check_config("[balancer]\nservers = 'a'\n", "list")
        self.check_config("[cache]\nttl_ms = [1]\n", "ttl_ms")
        self.check_config("limiter = 5\n", "[limiter]")

    def test_not_toml(self):
        self.check_config("[limiter\nrate = 1\n", "c.toml:1: ")
        self.assertEqual(
            self.refused("replay", "--config", "/nowhere.toml", DAY),
            "cannot read /nowhere.toml: No such file or directory",
        )

    def test_usage(self):
        self.assertIn("--help", self.refused("replay"))
        self.assertIn("--help", self.refused("replay", "--format", "xml", DAY))
        self.assertIn("--help", self.refused("replay", "--strickt", DAY))
        for wrong, nearest in (
            (["replay", "--repot", "r.html", DAY], "--report"),
            (["replay", "--repot=r.html", DAY], "--report"),
            (["replay", "--strict", "--log-fromat", "json", DAY], "--log-format"),
            (["host", "show", "--verfy", "/x"], "--verify"),
        ):
            self.assertIn(" (did you mean '%s'?)" % nearest, self.refused(*wrong))
        self.assertEqual(
            self.refused("repaly", DAY),
            "no command 'repaly' (did you mean 'replay'?); see outgrow --help",
        )
        for wrong, said in (
            (["--versoin"], "no option '--versoin' (did you mean '--version'?)"),
            (["--verison", "replay", DAY], "no option '--verison' (did you mean '--version'?)"),
            (
                ["--strict", "replay", DAY],
                "no option '--strict' (it stands behind 'replay', whose it is)",
            ),
            (
                ["host", "--verify", "show", "/x"],
                "no option '--verify' of host (it stands behind 'show', whose it is)",
            ),
            (["replay", "--version", DAY], "no option '--version' of replay (it is outgrow's own)"),
            (["replay", "-q", DAY], "no option '-q' of replay"),
            (["replay", "--title", "--repot", "--repot"], "no option '--repot' of replay"),
            (["host", "shwo", "/x"], "no command 'host shwo' (did you mean 'show'?)"),
            (["opitons"], "no command 'opitons' (did you mean 'options'?)"),
        ):
            self.assertIn(said, self.refused(*wrong))
        self.assertIn("--config", self.refused("replay", "--config", "", DAY))
        self.assertIn("--report", self.refused("replay", "--report", "", DAY))
        self.assertIn("LOG", self.refused("replay", ""))

    def test_full_disk_on_standard_output(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        log = self.file("a.log", log_line())
        for arguments in (
            ["replay", log],
            ["replay", "--format", "json", log],
            ["options"],
            ["version"],
            ["--help"],
        ):
            with open("/dev/full", "w") as full:
                done = subprocess.run([OUTGROW, *arguments], stdout=full, stderr=subprocess.PIPE)
            self.assertEqual(
                (done.returncode, done.stderr), (2, b"outgrow: cannot write standard output\n")
            )

    def test_standard_output_that_nobody_reads(self):
        log = self.file("a.log", log_line())
        for restore, code in (
            (True, -signal.SIGPIPE),
            (False, 2),
        ):  # as in a shell's pipe; with SIGPIPE ignored
            read, write = os.pipe()
            os.close(read)
            done = subprocess.run(
                [OUTGROW, "replay", log],
                stdout=write,
                stderr=subprocess.PIPE,
                restore_signals=restore,
            )
            os.close(write)
            self.assertEqual(done.returncode, code)


if __name__ == "__main__":
    unittest.main()
