# SPDX-License-Identifier: Apache-2.0
"""prefork.py: gunicorn --preload with four workers over nouns that were made before the fork. Each worker
serves, limits and writes behind by itself, and all of them end when they are told to."""

import http.client
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import outgrow

WORKERS, REQUESTS = 4, 400

if "OUTGROW_PREFORK_DATABASE" in os.environ:  # the application that gunicorn loads
    limiter = outgrow.RateLimiter("10/h")
    breaker = outgrow.CircuitBreaker()
    rows = outgrow.CachedStore(
        outgrow.Cache(),
        outgrow.Store(kind="sqlite", path=os.environ["OUTGROW_PREFORK_DATABASE"]),
        mode="behind",
        flush_interval_ms=1,
    )
    rows.set("parent", b"1")  # starts the parent's thread, which no child has
    served = 0

    def application(environ, start_response):
        global served
        served += 1
        with breaker:
            rows.set(f"{os.getpid()}-{served}", b"1")
        allowed = limiter.try_acquire("client")
        left = rows.flush(10)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{os.getpid()} {int(allowed)} {left}".encode()]


def until_listening(log):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        found = re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", log.read_text())
        if found:
            return int(found[1])
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def ask(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        return tuple(map(int, answer.read().split()))
    finally:
        connection.close()


def main():
    here = pathlib.Path(__file__).resolve()
    with tempfile.TemporaryDirectory() as folder:
        database, log = pathlib.Path(folder, "rows.db"), pathlib.Path(folder, "log")
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "--preload",
                "--workers",
                str(WORKERS),
                "--bind",
                "127.0.0.1:0",
                "--chdir",
                here.parent,
                "prefork:application",
            ],
            env=dict(os.environ, OUTGROW_PREFORK_DATABASE=str(database)),
            stdout=log.open("w"),
            stderr=subprocess.STDOUT,
        )
        try:
            port = until_listening(log)
            with ThreadPoolExecutor(16) as pool:
                answers = list(pool.map(lambda _: ask(port), range(REQUESTS)))
            server.send_signal(signal.SIGTERM)
            assert server.wait(30) == 0, log.read_text()
        finally:
            server.kill()
            server.wait()
        workers = {pid for pid, _, _ in answers}
        assert 2 <= len(workers) <= WORKERS, workers
        for worker in workers:  # each has the limit to itself: one process's state is its own
            mine = [allowed for pid, allowed, _ in answers if pid == worker]
            assert sum(mine) == min(len(mine), 10), (worker, mine)
        assert all(left == 0 for _, _, left in answers), answers
        stored = sqlite3.connect(database).execute("SELECT count(*) FROM outgrow").fetchone()[0]
        assert stored == REQUESTS + 1, stored
    print("ok")


if __name__ == "__main__":
    main()
