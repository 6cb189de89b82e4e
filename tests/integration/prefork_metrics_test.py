# SPDX-License-Identifier: Apache-2.0
"""prefork_metrics_test.py EXAMPLES: gunicorn --preload with four workers, each with a cache of its own. Whichever
worker answers a scrape shows what all have counted: no counter ever steps back, and the sum is exact, also after a
worker was killed and another came in its place."""

import contextlib
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from http_service import Service, run, until

LOGINS = pathlib.Path(sys.argv[1]) / "python/logins"
SERVICE = pathlib.Path(__file__).resolve().parent / "prefork_metrics"
REQUESTS = 200
MISSES = re.compile(rb'^outgrow_cache_lookups_total\{name="rows",result="miss"\} (\d+)$', re.M)


def misses(service):
    return int(MISSES.search(service.get("/metrics")[2])[1])


def ask(service):
    return int(re.fullmatch(rb"process (\d+)\n", service.get("/")[2])[1])


def test(folder):
    command = folder / "service"
    script = re.sub(r'--chdir "[^"]*"', f"--chdir {shlex.quote(str(SERVICE))}", LOGINS.read_text())
    command.write_text(script.replace("logins:application", "service:application"))
    command.chmod(0o700)
    settings = {"SEGMENT": str(folder / "segment"), "GUNICORN_CMD_ARGS": "--timeout 0"}
    with contextlib.ExitStack() as stack:
        service = stack.enter_context(Service([command], folder / "log-python", **settings))
        workers, counted, shown = set(), 1, [misses(service)]  # the one of before the fork

        def load():
            nonlocal counted
            with ThreadPoolExecutor(8) as pool:
                answers = [pool.submit(ask, service) for _ in range(REQUESTS)]
                scrapes = [pool.submit(misses, service) for _ in range(20)]
                workers.update(answer.result() for answer in answers)
                for scrape in scrapes:
                    scrape.result()
            counted += REQUESTS
            shown.extend(misses(service) for _ in range(20))

        load()
        until(60, lambda: load() or len(workers) > 1, "answered by several")
        before = set(workers)
        killed = workers.pop()
        os.kill(killed, signal.SIGKILL)

        def replaced():
            load()
            return workers - before

        until(60, replaced, "replaced")
        assert service.process.pid not in workers
        assert shown == sorted(shown), shown
        assert shown[-20:] == [counted] * 20, (counted, shown)
        print(f"{counted} lookups by {len(workers)} workers, one of them killed")
        service.terminate()


if subprocess.run([LOGINS, "--version"], capture_output=True, check=False).returncode:
    print("SKIPPED: gunicorn is not installed beside Python's binding")
    sys.exit()
run(test)
print("ok")
