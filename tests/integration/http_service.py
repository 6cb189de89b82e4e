# SPDX-License-Identifier: Apache-2.0
"""An example service as a process, asked over HTTP and put under load. Keeps to the loopback."""

import csv
import http.client
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter


class Service:
    """A command running with these settings in its environment; what it prints goes to a file."""

    def __init__(self, command, log, **settings):
        self.log = log
        self.process = subprocess.Popen(
            command,
            env=dict(os.environ, PORT="0", **settings),
            stdin=subprocess.DEVNULL,
            stdout=log.open("w"),
            stderr=subprocess.STDOUT,
        )
        try:
            self.port = int(until(60, self.ready, "ready"))
        except BaseException:
            self.process.kill()
            raise

    def ready(self):
        assert self.process.poll() is None, f"exited with {self.process.returncode}"
        said = re.search(
            r"(?:listening on|Listening at:) http://127\.0\.0\.1:(\d+)\s", self.log.read_text()
        )
        return said and said.group(1)

    def get(self, path, client=None):
        """Status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path, headers={"X-Client": client} if client else {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0, f"SIGTERM: exited with {self.process.returncode}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()  # nothing, once it has ended
        self.process.wait()


def until(seconds, ask, what):
    """The first true answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError(f"not {what} within {seconds} s")


def load(service, path, client, count, workers):
    """hey's requests: statuses counted, and the seconds from the first to the last answer."""
    told = subprocess.run(
        [
            "hey",
            "-n",
            str(count),
            "-c",
            str(workers),
            "-o",
            "csv",
            "-H",
            f"X-Client: {client}",
            f"http://127.0.0.1:{service.port}{path}",
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout
    rows = list(csv.DictReader(told.splitlines()))
    assert len(rows) == count, f"hey sent {len(rows)} of {count}"
    elapsed = max(float(row["offset"]) + float(row["response-time"]) for row in rows)
    return Counter(int(row["status-code"]) for row in rows), elapsed


def run(test):
    """test(folder), in a folder of its own, whose logs are shown when it fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        try:
            test(folder)
        except BaseException:
            for log in sorted(folder.glob("log-*")):
                print(f"---- {log.name}", log.read_text(), sep="\n", file=sys.stderr)
            raise
