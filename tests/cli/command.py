# SPDX-License-Identifier: Apache-2.0
"""What the command's tests share: running it, logs made up for a test, and a second reading of them."""

import gzip
import json
import os
import pty
import re
import subprocess
import tempfile
import unittest

OUTGROW = os.environ["OUTGROW"]
EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "data")
DAY = os.path.join(EXAMPLES, "day.log.gz")
DEMO = ["--config", os.path.join(EXAMPLES, "day.toml"), DAY]  # as ./dev demo has it
NASA = os.path.join(os.environ.get("OUTGROW_SHARED_DATA", ""), "nasa-1995-08-01.log.gz")

ZSTD = os.environ.get("OUTGROW_ZSTD", "1") == "1"
SQLITE = os.environ.get("OUTGROW_SQLITE", "1") == "1"

LINE = re.compile(
    r"^(\S+) \S+ .*?\[(\d\d)/(\w\w\w)/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\] "
    r'"(.*)" (\d{3}) (\d+|-)(?: ".*)?$'
)


def run(*arguments, stdin=None, check=True, **more):
    """The finished process; with check, it must have exited with 0."""
    done = subprocess.run(
        [OUTGROW, *arguments], input=stdin, capture_output=True, timeout=200, **more
    )
    done.out, done.err = done.stdout.decode(), done.stderr.decode()
    if check and done.returncode != 0:
        raise AssertionError(
            "outgrow %s: %d\n%s" % (" ".join(arguments), done.returncode, done.err)
        )
    return done


def run_on_terminal(*arguments):
    """What it wrote to standard output, and what a terminal that is its standard error got."""
    master, slave = pty.openpty()
    done = subprocess.Popen([OUTGROW, *arguments], stdout=subprocess.PIPE, stderr=slave)
    os.close(slave)
    out = done.stdout.read()
    done.stdout.close()
    if done.wait() != 0:
        raise AssertionError("outgrow %s: %d" % (" ".join(arguments), done.returncode))
    shown = os.read(master, 1 << 20).decode()
    os.close(master)
    return out, shown


def replay(*arguments, stdin=None):
    """The summary as an object."""
    return json.loads(run("replay", "--format", "json", *arguments, stdin=stdin).out)


def log_line(
    second=0, client="10.0.0.1", method="GET", url="/", status=200, size=100, zone="+0000"
):
    return '%s - - [01/Jan/2024:%02d:%02d:%02d %s] "%s %s HTTP/1.1" %d %s\n' % (
        client,
        second // 3600,
        second // 60 % 60,
        second % 60,
        zone,
        method,
        url,
        status,
        size,
    )


def requests_of(path):
    """(client, seconds of the day in the log's zone, method, URL, status, bytes) by regular expression."""
    with gzip.open(path, "rt", encoding="latin-1") as lines:
        for line in lines:
            client, _, _, _, hour, minute, second, _, _, _, request, status, size = LINE.match(
                line
            ).groups()
            method, url = re.match(r"(\S+) (.*?)(?: HTTP/\S+)?$", request).groups()
            yield (
                client,
                int(hour) * 3600 + int(minute) * 60 + int(second),
                method,
                url,
                int(status),
                0 if size == "-" else int(size),
            )


class CommandTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="outgrow-test-")
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def file(self, name, text):
        with open(self.path(name), "wb") as out:
            out.write(text if isinstance(text, bytes) else text.encode())
        return self.path(name)

    def refused(self, *arguments, stdin=None, **more):
        """The one line on standard error of a run that must fail with 2 and print nothing."""
        done = run(*arguments, stdin=stdin, check=False, **more)
        self.assertEqual(done.returncode, 2, done.err)
        self.assertEqual(done.out, "")
        self.assertEqual(done.err.count("\n"), 1, done.err)
        self.assertTrue(done.err.startswith("outgrow: "), done.err)
        return done.err[len("outgrow: ") : -1]

    def need(self, path):
        if not os.path.exists(path):
            print("SKIPPED: %s is not there" % path)
            self.skipTest(path)

    def need_sqlite(self):
        if not SQLITE:
            print("SKIPPED: this build has no SQLite")
            self.skipTest("no SQLite")

    def check_books(self, got):
        """What must hold of any summary."""
        reached = sum(got["balancer"]["picks"].values())
        self.assertEqual(got["requests"], got["limiter"]["allowed"] + got["limiter"]["denied"])
        self.assertEqual(
            got["limiter"]["allowed"],
            reached + got["breaker"]["refused"] + got["balancer"]["unplaced"],
        )
        self.assertEqual(
            got["cache"]["misses"], sum(got["store"]["reads"].values()) + got["store"]["unrouted"]
        )
        self.assertEqual(sum(got["breaker"]["by_server"].values()), got["breaker"]["transitions"])
        self.assertLessEqual(
            got["cache"]["hits"] + got["cache"]["misses"] + got["store"]["writes"], reached
        )
