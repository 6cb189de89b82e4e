# SPDX-License-Identifier: Apache-2.0
"""What the command reads: formats, gzip, several logs, malformed lines."""

import gzip
import json
import os
import unittest

from command import DAY, ZSTD, CommandTest, log_line, replay, run


class InputTest(CommandTest):
    def test_plain_gzip_pipe_and_parts_are_the_same_log(self):
        with gzip.open(DAY) as day:
            lines = day.read().splitlines(keepends=True)[:20000]
        text = b"".join(lines)
        one = replay(self.file("a.log", text))
        others = [
            replay(self.file("a.gz", gzip.compress(text))),
            replay("-", stdin=text),
            replay("-", stdin=gzip.compress(text[:9999]) + gzip.compress(text[9999:])),
            replay(
                self.file("1.log", b"".join(lines[:5000])),
                self.file("2.log", b"".join(lines[5000:])),
            ),
            replay(self.path("2.log"), self.path("1.log")),
        ]
        for got in [one] + others:
            got.pop("elapsed_seconds"), got.pop("requests_per_second"), got.pop("formats")
        for got in others:
            self.assertEqual(got, one)

    def test_common_and_combined_are_the_same_log(self):
        common = [log_line(i, client="c%d" % (i % 7), url="/%d" % (i % 11)) for i in range(100)]
        combined = [
            line[:-1] + ' "http://a/\\"q\\"" "Mozilla/5.0 (X11; \\"y\\")"\n' for line in common
        ]
        further = [
            line[:-1] + " 0.004 upstream=b\n" for line in combined
        ]  # servers append fields of their own
        crlf = [line[:-1] + "\r\n" for line in common]
        summaries = [
            replay("--strict", self.file("a.log", "".join(lines)))
            for lines in (
                common,
                combined,
                further,
                crlf,
                common[:50] + combined[50:],
                ["".join(common)[:-1]],
            )
        ]
        for got in summaries:
            got.pop("elapsed_seconds"), got.pop("requests_per_second")
            self.assertEqual(got, summaries[0])
        self.assertEqual(summaries[0]["requests"], 100)

    def test_interleaved_parts_are_merged_by_time(self):
        whole = [log_line(i, client="c%d" % (i % 7), url="/%d" % (i % 11)) for i in range(600)]
        one = replay(self.file("a.log", "".join(whole)))
        got = replay(
            self.file("1.log", "".join(whole[0::3])),
            self.file("2.log", "".join(whole[1::3])),
            self.file("3.log", "".join(whole[2::3])),
        )
        self.assertEqual(len(got["formats"]), 3)
        for summary in (one, got):
            summary.pop("elapsed_seconds"), summary.pop("requests_per_second")
            summary.pop("formats")
        self.assertEqual(one, got)
        self.assertEqual(one["out_of_order"], 0)

    def test_slightly_out_of_order(self):
        got = replay(
            "--strict", self.file("a.log", log_line(5) + log_line(3) + log_line(9) + log_line(8))
        )
        self.assertEqual((got["requests"], got["out_of_order"]), (4, 2))
        self.assertEqual(
            (got["first"], got["last"]), ("2024-01-01T00:00:03+00:00", "2024-01-01T00:00:09+00:00")
        )

    def test_zones_are_one_time_line(self):
        got = replay(self.file("a.log", log_line(7200, zone="+0200") + log_line(60, zone="+0000")))
        self.assertEqual((got["out_of_order"], got["first"]), (0, "2024-01-01T02:00:00+02:00"))

    def test_malformed_lines_are_counted_and_the_first_shown(self):
        log = log_line(1) + "".join("rubbish \x1b[31m%d\n" % i for i in range(9)) + log_line(2)
        done = run("replay", "--format", "json", self.file("a.log", log))
        got = json.loads(done.out)
        self.assertEqual((got["requests"], got["skipped"]), (2, 9))
        shown = done.err.splitlines()
        self.assertEqual(len(shown), 6)
        self.assertIn("a.log:2: skipped: ", shown[0])
        self.assertIn("rubbish \\x1b[31m0", shown[0])
        self.assertIn("a.log:6: ", shown[4])
        self.assertEqual(shown[5], "outgrow: 4 more lines skipped")
        self.assertNotIn("\x1b", done.err)

    def test_the_format_of_each_log_is_told_by_its_first_lines_and_said(self):
        data = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
        caddy, iis = os.path.join(data, "caddy.log"), os.path.join(data, "iis.log")
        got = replay(caddy, iis)
        self.assertEqual(
            got["formats"],
            [
                {"log": caddy, "format": "Caddy's JSON"},
                {"log": iis, "format": "W3C Extended Log File Format"},
            ],
        )
        self.assertEqual((got["requests"], got["skipped"]), (6, 2))
        self.assertIn("  read as Caddy's JSON\n", run("replay", caddy).out)
        self.assertIn(
            "  read as Caddy's JSON (1 log), W3C Extended Log File Format (1 log)\n",
            run("replay", caddy, iis).out,
        )
        packed = gzip.compress(open(caddy, "rb").read())
        self.assertEqual(replay("-", stdin=packed)["formats"][0]["format"], "Caddy's JSON")

    def test_zstd(self):
        packed = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "caddy.log.zst")
        if not ZSTD:
            self.assertIn("zstd -dc ", self.refused("replay", packed))
            return
        one, other = replay(packed[: -len(".zst")]), replay(packed)
        for summary in (one, other):
            for key in ("elapsed_seconds", "requests_per_second", "formats", "malformed"):
                summary.pop(key)
        self.assertEqual(one, other)
        with open(packed, "rb") as log:
            cut = self.file("cut.zst", log.read()[:-9])
        self.assertIn(
            "cut.zst: zstd data cut off after line ", self.refused("replay", "--strict", cut)
        )

    def test_a_log_that_begins_with_something_else(self):
        log = self.file("a.log", "starting\n" * 300 + "".join(log_line(i) for i in range(9)))
        self.assertEqual((replay(log)["requests"], replay(log)["skipped"]), (9, 300))
        data = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "caddy.log")
        with open(data) as caddy:
            log = self.file("b.log", "starting\n" * 300 + caddy.read())
        got = replay(log)
        self.assertEqual((got["requests"], got["skipped"]), (3, 301))
        self.assertEqual(got["formats"][0]["format"], "Caddy's JSON")

    def test_a_format_that_is_named_is_not_told_by_the_lines(self):
        log = self.file("a.log", log_line(0) + log_line(1))
        self.assertEqual(replay("--log-format", "common", log)["requests"], 2)
        self.assertIn(
            "no request in Envoy's JSON (line 1: no JSON object)",
            self.refused("replay", "--log-format", "envoy", log),
        )
        self.assertIn(
            log + ":1: not Envoy's JSON: no JSON object",
            self.refused("replay", "--strict", "--log-format", "envoy", log),
        )
        self.assertIn("did you mean 'caddy'?", self.refused("replay", "--log-format", "cady", log))
        self.assertIn("--log-format", self.refused("replay", "--log-format", "", log))

    def test_fields_are_named_once_each(self):
        log = self.file(
            "a.log",
            '{"when": 1704067200123, "who": "10.0.0.1", "method": "GET", "url": "/", "status": 200,'
            ' "took": 12.5}\n' * 3,
        )
        fields = ["time=when", "client=who", "duration=took:ms"]
        options = [part for field in fields for part in ("--log-field", field)]
        got = replay(*options, log)
        self.assertEqual((got["requests"], got["first"]), (3, "2024-01-01T00:00:00+00:00"))
        self.assertIn("(none of ", self.refused("replay", log))
        self.assertIn(
            "did you mean 'client'?", self.refused("replay", "--log-field", "clinet=x", log)
        )

    def test_a_field_that_no_line_has_is_told(self):
        data = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
        for name, field in (("caddy.log", "duration=tok:ms"), ("iis.log", "bytes=sc_bytes")):
            log = os.path.join(data, name)
            self.assertIn(
                "%s: no line has '%s', which --log-field names"
                % (log, field.split("=")[1].split(":")[0]),
                run("replay", "--log-field", field, log).err,
            )
        log = self.file("a.log", log_line())
        for more in ([], ["--log-format", "common"]):
            self.assertIn(
                "--log-field: the fields of Common or Combined Log Format have no names",
                self.refused("replay", *more, "--log-field", "client=x", log),
            )
        self.assertIn(
            "--log-field: the pattern has no variable 'request_tim' (did you mean 'request_time'?)",
            self.refused(
                "replay",
                "--log-format",
                '$remote_addr [$time_local] "$request" $status $request_time',
                "--log-field",
                "duration=request_tim",
                log,
            ),
        )

    def test_a_log_of_two_formats_says_which_the_other_is(self):
        with open(
            os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "alb.log")
        ) as alb:
            log = self.file("a.log", "".join(log_line(i) for i in range(9)) + alb.readline())
        done = run("replay", "--format", "json", log)
        self.assertEqual(
            (json.loads(done.out)["requests"], json.loads(done.out)["skipped"]), (9, 1)
        )
        self.assertIn(
            ":10: skipped: no [dd/Mon/yyyy:hh:mm:ss +zzzz] time; it is AWS load balancer format, "
            "which the log does not begin in: http 2018",
            done.err,
        )

    def test_a_duration_without_a_unit_is_not_guessed(self):
        line = (
            '{"time": "2024-01-01T00:00:00Z", "ip": "10.0.0.1", "method": "GET", "path": "/", '
            '"status": 200, "duration": %s}\n'
        )
        done = run("replay", "--format", "json", self.file("a.log", line % "17" + line % '"17ms"'))
        self.assertEqual(
            json.loads(done.out)["warnings"],
            [
                self.path("a.log")
                + ": 'duration' is not used: whether it is s, ms, us or ns is not said; "
                "--log-field duration=duration:ms says it"
            ],
        )

    def test_clients_however_they_are_written(self):
        heads = (
            "203.0.113.7, 10.0.0.1",
            "203.0.113.7, 10.0.0.2",
            "203.0.113.8:40001",
            "203.0.113.8:40002",
            "shop.example 203.0.113.9",
            "shop.example:443 203.0.113.9",
            "shop.example 203.0.113.10",
            '"203.0.113.10"',
            "[2001:db8::7]:443",
            "2001:db8::7",
        )
        # 2 * 31 in one second, of which the bucket of 60 holds back 2 of each client.
        log = self.file("a.log", "".join(log_line(0, client=head) for head in heads) * 31)
        got = replay("--strict", log)
        self.assertEqual(got["clients"], 5)
        names = ["203.0.113.7", "203.0.113.8", "203.0.113.9", "203.0.113.10", "2001:db8::7"]
        self.assertEqual(
            {c["client"]: c["denied"] for c in got["limiter"]["worst"]}, dict.fromkeys(names, 2)
        )

    def test_a_line_of_unknown_client_is_told(self):
        log = self.file(
            "a.log",
            log_line(0) + log_line(1, client="10.0.0.1 203.0.113.9") + log_line(2, client="-"),
        )
        done = run("replay", "--format", "json", log)
        got = json.loads(done.out)
        self.assertEqual((got["requests"], got["skipped"]), (1, 2))
        self.assertIn(
            "a.log:2: skipped: it is not plain which field is the client: 10.0.0.1 203", done.err
        )
        self.assertIn("a.log:3: skipped: no client: - - - [", done.err)

    def test_a_byte_order_mark(self):
        text = b"\xef\xbb\xbf" + (log_line(0) + log_line(1)).encode()
        for log in (self.file("a.log", text), self.file("a.gz", gzip.compress(text))):
            self.assertEqual((replay("--strict", log)["requests"], replay(log)["clients"]), (2, 1))

    def far(self, at, year, lines=600):
        log = [log_line(i, client="c%d" % (i % 50), url="/%d" % i) for i in range(lines)]
        log[at] = log[at].replace("2024", str(year))
        return "".join(log)

    def test_a_line_decades_away_is_left_out_and_told(self):
        for at in (0, 1, 300, 599):
            for year in (1970, 2066):
                log = self.file("a.log", self.far(at, year))
                done = run("replay", "--format", "json", log)
                got = json.loads(done.out)
                self.assertEqual(
                    (got["requests"], got["out_of_time"], got["limiter"]["denied"]), (599, 1, 0)
                )
                self.assertEqual(
                    (got["first"][:4], got["last"][:4], got["out_of_order"]), ("2024", "2024", 0)
                )
                self.assertIn("a.log:%d: left out: %d-01-01T" % (at + 1, year), done.err)
                self.assertIn(" is far from the times around it: c%d - -" % (at % 50), done.err)
                self.assertEqual(got["out_of_time_lines"][0]["line"], at + 1)
                self.assertLess(got["autoscaler"]["fixed"]["instance_hours"], 10)
                self.assertIn(
                    "a.log:%d: %d-01-01T" % (at + 1, year), self.refused("replay", "--strict", log)
                )
        self.assertIn("599 requests", run("replay", log).out)
        self.assertIn("1 line left out: far from the times around it", run("replay", log).out)

    def test_a_far_line_of_one_log_does_not_hold_up_the_others(self):
        whole = [log_line(i, client="c%d" % (i % 7), url="/%d" % (i % 11)) for i in range(600)]
        far = self.file(
            "1.log",
            "".join(whole[0:20:2]) + log_line(0).replace("2024", "2066") + "".join(whole[20::2]),
        )
        got = replay(far, self.file("2.log", "".join(whole[1::2])))
        one = replay(self.file("a.log", "".join(whole)))
        self.assertEqual((got.pop("out_of_time"), one.pop("out_of_time")), (1, 0))
        for summary in (one, got):
            (
                summary.pop("elapsed_seconds"),
                summary.pop("requests_per_second"),
                summary.pop("out_of_time_lines"),
                summary.pop("formats"),
            )
        self.assertEqual(one, got)

    def test_what_of_gzip_can_be_read_is_read(self):
        lines = [
            log_line(i // 10, client="c%d" % (i * i % 997), url="/%d" % (i * 7919 % 9973))
            for i in range(9000)
        ]
        packed = gzip.compress("".join(lines).encode())
        log = self.file("cut.gz", packed[: len(packed) // 2])
        report = self.path("report.html")
        done = run("replay", "--format", "json", "--report", report, log)
        got = json.loads(done.out)
        self.assertGreater(got["requests"], 3000)
        self.assertLess(got["requests"], 6000)
        read = got["requests"] + got["skipped"]
        self.assertIn(
            "outgrow: %s: gzip data cut off after line %d\n" % (log, got["requests"]), done.err
        )
        self.assertEqual(
            got["warnings"], ["%s: gzip data cut off after line %d" % (log, got["requests"])]
        )
        self.assertLessEqual(got["skipped"], 1)  # the line that is cut, wherever it is
        self.assertEqual(got["bytes"], 100 * got["requests"])
        self.assertGreater(os.path.getsize(report), 100_000)
        # A byte at a time through a line's end: no prefix of a line counts as a request.
        stored = gzip.compress("".join(lines[:3]).encode(), compresslevel=0)
        for cut in range(20, len(stored)):
            done = run("replay", "--format", "json", "-", stdin=stored[:cut], check=False)
            if done.returncode == 0:
                part = json.loads(done.out)
                whole = stored[15:cut].count(b"\n")
                self.assertEqual(
                    (part["requests"], part["bytes"]), (min(3, whole), 100 * min(3, whole))
                )

    def test_what_follows_gzip_is_told(self):
        packed = gzip.compress((log_line(0) + log_line(1)).encode())
        for behind, words in (
            (b"garbage\n", "bytes that are not gzip follow its data after line 2"),
            (b"\x1f\x8b", "gzip data cut off after line 2"),
        ):
            log = self.file("a.gz", packed + behind)
            done = run("replay", "--format", "json", log)
            self.assertEqual(json.loads(done.out)["requests"], 2)
            self.assertEqual(done.err, "outgrow: %s: %s\n" % (log, words))

    def test_a_log_that_ends_within_a_line(self):
        log = self.file("a.log", log_line(0) + log_line(1)[:-20])
        done = run("replay", "--format", "json", log)
        self.assertEqual(
            (json.loads(done.out)["requests"], json.loads(done.out)["skipped"]), (1, 1)
        )
        self.assertIn("a.log:2: skipped: ", done.err)

    def test_a_gap_of_ten_years(self):
        late = log_line(0).replace("2024", "2034")
        got = replay(self.file("a.log", log_line(0) + late))
        self.assertEqual((got["requests"], got["last"]), (2, "2034-01-01T00:00:00+00:00"))

    def test_a_line_of_a_megabyte(self):
        log = self.file("a.log", log_line(1) + "x" * 1_000_000 + "\n" + log_line(2))
        done = run("replay", "--format", "json", log)
        self.assertEqual(
            (json.loads(done.out)["requests"], json.loads(done.out)["skipped"]), (2, 1)
        )
        self.assertEqual(done.err, "outgrow: %s:2: skipped: longer than 256 KiB\n" % log)
        self.assertEqual(
            self.refused("replay", "--strict", log),
            log + ":2: not Common or Combined Log Format: longer than 256 KiB",
        )

    def test_the_same_log_twice_counts_twice(self):
        log = self.file("a.log", "".join(log_line(i) for i in range(50)))
        got = replay(log, log)
        self.assertEqual((got["requests"], got["clients"], got["out_of_order"]), (100, 1, 0))

    def test_clients_by_ipv6(self):
        names = ["2001:db8:1111:2222:3333:4444:5555:6666", "::ffff:10.0.0.1", "fe80::1%eth0"]
        log = self.file("a.log", "".join(log_line(0, client=name) * 70 for name in names))
        self.assertRegex(run("replay", log).out, names[0] + r" +10 denied\n")
        got = replay(log)
        self.assertEqual(got["clients"], 3)
        self.assertEqual(
            {c["client"]: c["denied"] for c in got["limiter"]["worst"]}, dict.fromkeys(names, 10)
        )

    def test_the_ends_of_time(self):
        got = replay(
            self.file(
                "a.log",
                log_line().replace("01/Jan/2024", "01/Jan/1970")
                + log_line().replace("01/Jan/2024", "29/Feb/2024")
                + log_line(86399).replace("01/Jan/2024", "31/Dec/2099"),
            )
        )
        self.assertEqual(
            (got["requests"], got["first"], got["last"]),
            (3, "1970-01-01T00:00:00+00:00", "2099-12-31T23:59:59+00:00"),
        )

    def test_control_bytes_do_not_reach_the_terminal(self):
        log = self.file(
            "a\x1b[2J.log",
            (log_line(0, client="\x1b[31m\0\x9b", url="/\0\x1b") * 100 + "\x1b]0;x\x07\n").encode(
                "latin-1"
            ),
        )
        done = run("replay", "--title", "\x1b[1mTag der Gr\u00f6\u00dfe\n", log)
        self.assertNotRegex(done.out + done.err, "[\x00-\x09\x0b-\x1f\x7f-\x9f]")
        self.assertIn("\\x1b[31m\\x00\\x9b", done.out)
        self.assertIn("\\x1b[1mTag der Gr\u00f6\u00dfe\\x0a", done.out)
        self.assertIn("a\\x1b[2J.log:101: ", done.err)

    def test_names_that_are_not_utf8(self):
        got = replay(
            self.file("a.log", log_line(0, client="x", url="/\xff").encode("latin-1") * 100)
        )
        self.assertEqual(got["urls"], 1)
        self.assertEqual(got["limiter"]["worst"][0]["client"], "x")


if __name__ == "__main__":
    unittest.main()
