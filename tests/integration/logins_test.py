# SPDX-License-Identifier: Apache-2.0
"""logins_test.py EXAMPLES BUILT LANGUAGE...: the login service of these languages under an HTTP load client:
gunicorn's four workers in Python, a server each in Java and Go. All share one limit and let a client pass as
often as one process would: 100 times, neither 99 nor 101. BUILT are the languages of the build, a;b;c.

No token comes back meanwhile: that takes 864 s from a client's first login, and CMake lets this run for 600."""

import contextlib
import pathlib
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from http_service import Service, load, run, until

EXAMPLES, BUILT, LANGUAGES = pathlib.Path(sys.argv[1]), sys.argv[2].split(";"), sys.argv[3:]
COMMANDS = {
    "python": EXAMPLES / "python/logins",
    "java": EXAMPLES / "java/logins",
    "go": EXAMPLES / "go/programs/logins",
}
LIMIT, RATE, SECONDS_A_TOKEN = 100, "100/day", 864
CLOCKS_DIFFER = 0.01  # at most: each process has its own line through the counter's ticks
PATH = "/login"


def why_not():
    """What these servers need and this build or machine has not."""
    for language in LANGUAGES:
        if language not in BUILT or not COMMANDS[language].exists():
            return f"{language}'s examples are not in this build"
    if (
        "python" in LANGUAGES
        and subprocess.run([COMMANDS["python"], "--version"], capture_output=True).returncode
    ):
        return "gunicorn is not installed beside Python's binding"
    if not shutil.which("hey"):
        return "hey is not installed"
    return None


def the_limit_is_one(servers):
    """Each lets one login pass, so that all are known to count; then all are put under load at once."""
    began = time.monotonic()
    for server in servers:
        assert server.get(PATH, "alice")[0] == 200
    with ThreadPoolExecutor(len(servers)) as pool:
        answers = list(
            pool.map(lambda server: load(server, PATH, "alice", 2 * LIMIT, 8)[0], servers)
        )
    total = sum(answers, Counter({200: len(servers)}))
    print(
        "alice:",
        ", ".join(f"{server.log.name} {dict(each)}" for server, each in zip(servers, answers)),
    )
    assert total == {200: LIMIT, 429: (2 * len(servers) - 1) * LIMIT + len(servers)}, total
    for server in servers:  # the next token is due 864 s after the first login
        status, headers, _ = server.get(PATH, "alice")
        least = SECONDS_A_TOKEN - (time.monotonic() - began) - CLOCKS_DIFFER
        assert status == 429 and least <= int(headers["Retry-After"]) <= SECONDS_A_TOKEN, (
            server.log.name,
            status,
            str(headers),
            least,
        )


def a_client_is_the_same_to_all(servers):
    """By its bytes; whoever is asked. One at a time, so the first 100 pass and no other."""
    zoe = "zoë".encode()
    statuses = [servers[i % len(servers)].get(PATH, zoe)[0] for i in range(LIMIT + len(servers))]
    assert statuses == [200] * LIMIT + [429] * len(servers), statuses
    by_address = [
        server.get(PATH)[0] for server in servers for _ in range(LIMIT // len(servers) + 1)
    ]
    assert Counter(by_address)[200] == LIMIT, Counter(by_address)


def several_workers_answer(server):
    """Or gunicorn's four would show no more than one process does."""
    processes, statuses = set(), Counter()

    def ask(_):
        status, _, body = server.get(PATH, "bob")
        return status, int(re.search(rb"says process (\d+)\n", body)[1])

    def answered():
        with ThreadPoolExecutor(16) as pool:
            for status, process in pool.map(ask, range(64)):
                statuses[status] += 1
                processes.add(process)
        return len(processes) > 1 and statuses[429] > 0

    until(60, answered, "answered by several workers")
    print("bob:", dict(statuses), "by", len(processes), "workers")
    assert statuses[200] == LIMIT, statuses
    assert server.process.pid not in processes


def test(folder):
    settings = {
        "SEGMENT": str(folder / "segment"),
        "RATE": RATE,
        "GUNICORN_CMD_ARGS": "--timeout 0",
    }  # no worker is ended because the machine is slow
    with contextlib.ExitStack() as stack:
        servers = [
            stack.enter_context(
                Service([COMMANDS[language]], folder / f"log-{language}", **settings)
            )
            for language in LANGUAGES
        ]
        the_limit_is_one(servers)
        a_client_is_the_same_to_all(servers)
        if "python" in LANGUAGES:
            several_workers_answer(servers[LANGUAGES.index("python")])
        for server in servers:
            server.terminate()


missing = why_not()
if missing:
    print("SKIPPED:", missing)
    sys.exit()
run(test)
print("ok")
