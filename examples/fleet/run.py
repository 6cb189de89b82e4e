# SPDX-License-Identifier: Apache-2.0
"""Three services in three languages share one limit over "three machines": run.py [--seconds N] [--rate N]

    ./dev shell python3 examples/fleet/run.py

It starts Redis or Valkey on a free port, and on each machine, which is a segment of its own, two workers of a service:
gunicorn's in Python, two processes each in Java and Go. Each is asked for as many logins of one client as there are for
all of them. What passes is shown for each second; in the middle the server is stopped for a while, and each machine
has its share of the rate.

Their sources are examples/python/fleet, examples/java/fleet and examples/go/fleet. They are built by ./dev shell."""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVERS = ["redis-server", "valkey-server", ROOT / "build/tools/valkey/usr/bin/valkey-server"]
# Of a machine: a command, and how many of it make two workers.
SERVICES = {
    "python": ("python/fleet", 1),
    "java": ("java/service", 2),
    "go": ("go/programs/fleet", 2),
}
CLIENT = "alice"


class Machine:
    """The workers of one service over one segment."""

    def __init__(self, language, folder, built, server, rate):
        program, count = SERVICES[language]
        self.language, self.log = language, folder / f"{language}.log"
        self.segment = f"/outgrow-example-{os.getpid()}-{language}"
        settings = {
            "PORT": "0",
            "REDIS": f"127.0.0.1:{server}",
            "SEGMENT": self.segment,
            "RATE": f"{rate}/s",
        }
        with self.log.open("w") as log:
            self.workers = [
                subprocess.Popen(
                    [built / program],
                    env=dict(os.environ, **settings),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
                for _ in range(count)
            ]
        self.passed = Counter()  # by second

    def ports(self):
        """Where they listen; none before all of them do."""
        for worker in self.workers:
            if worker.poll() is not None:
                raise SystemExit(f"{self.language} ended:\n{self.log.read_text()}")
        told = r"(?:listening on|Listening at:) http://127\.0\.0\.1:(\d+)\s"
        found = re.findall(told, self.log.read_text())
        return list(map(int, found)) if len(found) == len(self.workers) else None

    def status(self, port):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as asked:
            asked.request("GET", "/status")
            return json.loads(asked.getresponse().read())

    def ask(self, port, began, seconds, per_second):
        """Logins, so many a second, over one connection."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        for number in range(int(seconds * per_second)):
            time.sleep(max(began + number / per_second - time.monotonic(), 0))
            connection.request("GET", "/login", headers={"X-Client": CLIENT})
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                self.passed[int(time.monotonic() - began)] += 1
        connection.close()

    def end(self):
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            worker.wait()
        pathlib.Path(f"/dev/shm{self.segment}").unlink(missing_ok=True)


def until(ready, what, seconds=60):
    end = time.monotonic() + seconds
    while not (found := ready()):
        if time.monotonic() > end:
            raise SystemExit(f"not {what} in {seconds} s")
        time.sleep(0.05)
    return found


def start_server(folder):
    """Its process and its port."""
    program = next((found for each in SERVERS if (found := shutil.which(each))), None)
    if not program:
        raise SystemExit("SKIPPED: neither redis-server nor valkey-server is installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = ["--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen([program, "--port", str(port), *settings], stdout=subprocess.DEVNULL)
    return process, port


def run(arguments, folder, built, stack):
    server, port = start_server(folder)
    stack.callback(server.kill)
    machines = []
    for language in SERVICES:
        machines.append(Machine(language, folder, built, port, arguments.rate))
        stack.callback(machines[-1].end)
    ports = {
        machine: until(machine.ports, f"listening: {machine.language}") for machine in machines
    }

    def is_up():
        told = [machine.status(each[0]) for machine, each in ports.items()]
        return all(one["state"] == "up" and one["machines"] == len(machines) for one in told)

    until(is_up, "one fleet")
    print(
        f"{len(machines)} machines, {arguments.rate} logins a second for all of them, asked for by each"
    )
    seconds, began = arguments.seconds, time.monotonic()
    threads = [
        threading.Thread(
            target=machine.ask, args=(each, began, seconds, arguments.rate / len(ports[machine]))
        )
        for machine in machines
        for each in ports[machine]
    ]
    for thread in threads:
        thread.start()
    stopped_at, goes_on_at = seconds // 2, seconds // 2 + seconds // 5 + 1
    print("second  " + "".join(f"{machine.language:>8}" for machine in machines) + "     all")
    for second in range(seconds):
        if second == stopped_at:
            server.send_signal(signal.SIGSTOP)
        if second == goes_on_at:
            server.send_signal(signal.SIGCONT)
        time.sleep(max(began + second + 1 - time.monotonic(), 0))
        passed = [machine.passed[second] for machine in machines]
        what = "  the server is stopped" if stopped_at <= second < goes_on_at else ""
        print(
            f"{second:6}  {''.join(f'{each:8}' for each in passed)}{sum(passed):8}{what}",
            flush=True,
        )
    for thread in threads:
        thread.join()
    total = sum(sum(machine.passed.values()) for machine in machines)
    print(f"{total:,} of {len(machines) * seconds * arguments.rate:,} passed in {seconds} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--built", type=pathlib.Path, default=ROOT / "build/dev/examples")
    arguments = parser.parse_args()
    for program, _ in SERVICES.values():
        if not (arguments.built / program).exists():
            sys.exit(f"SKIPPED: {arguments.built / program} is not built")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        run(arguments, pathlib.Path(folder), arguments.built, stack)


if __name__ == "__main__":
    main()
