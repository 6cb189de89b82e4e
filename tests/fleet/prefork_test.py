# SPDX-License-Identifier: Apache-2.0
"""prefork_test.py SERVER [TEST...]: two machines, each of several worker processes behind a port, on one limit of 100
a second: gunicorn --preload, whose pump is forked with it, and uvicorn --workers. Any of the workers may be killed;
and all end when they are told to."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import servers
from spending import total, worst

HERE = pathlib.Path(__file__).resolve().parent / "prefork"
RATE, BURST, SLICE, MACHINES = 100, 20, 2, 2
S = 10**9
SECONDS = 4


class Service:
    def __init__(self, folder, number, command, **settings):
        self.segment = f"/outgrow-test-prefork-{os.getpid()}-{number}"
        self.log = folder / f"log-{number}"
        self.process = subprocess.Popen(
            [sys.executable, "-B", "-m", *command],
            env=dict(os.environ, SEGMENT=self.segment, **settings),
            cwd=HERE,
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.said = re.compile(r"(?:Listening at:|running on) http://127\.0\.0\.1:(\d+)")

    def ready(self):
        servers.until(30, lambda: self.said.search(self.log.read_text()), "listening")
        self.port = int(self.said.search(self.log.read_text())[1])
        servers.until(30, self.is_up, "up")

    def is_up(self):
        """A server may say that it listens before its workers do."""
        with contextlib.suppress(AssertionError):
            return self.ask()["status"]["state"] == "up"
        return False

    def ask(self):
        for _ in range(3):  # a worker that was killed takes its connections with it
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                with contextlib.closing(connection):
                    connection.request("GET", "/")
                    return json.loads(connection.getresponse().read())
        raise AssertionError(self.log.read_text())

    def end(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        pathlib.Path(f"/dev/shm{self.segment}").unlink(missing_ok=True)


def check(program, command, **settings):
    fleet = f"prefork-{os.getpid()}"
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(servers.Server(program))
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        services = []
        for number in range(MACHINES):
            settings.update(FLEET=fleet, REDIS_PORT=str(server.port))
            services.append(Service(folder, number, command, **settings))
            stack.callback(services[-1].end)
        try:
            for service in services:
                service.ready()
        except BaseException:
            print(*(service.log.read_text() for service in services), sep="\n----\n")
            raise
        answers, killed = load(services)
        workers = {answer["pid"] for answer in answers}
        records = [(answer["at"], 1) for answer in answers if answer["at"]]
        surplus, _ = worst(records, RATE)
        print(f"{len(answers)} requests to {len(workers)} workers, {total(records)} let through")
        print(f"{surplus:.0f} over the rate at most")
        assert surplus <= BURST + MACHINES * SLICE + RATE * 0.1, surplus
        assert len(workers) >= 4 and killed in workers
        ends = max(answer["asked"] for answer in answers)
        last = total(records, ends - S, ends)
        assert last >= 0.7 * RATE, f"{last} let through in the last second"
        for service in services:
            service.process.send_signal(signal.SIGTERM)
        for service in services:
            assert service.process.wait(20) == 0, service.log.read_text()


def load(services):
    """Asks all of them, more than they may; an agent among the workers is killed midway."""
    began, killed = time.monotonic(), []

    def ask(number):
        answers = []
        while time.monotonic() < began + SECONDS:
            answers.append(services[number % MACHINES].ask())
            answers[-1]["asked"] = time.monotonic_ns()
            if not killed and time.monotonic() > began + SECONDS / 2:
                status = answers[-1]["status"]
                if answers[-1]["pid"] != services[0].process.pid and number == 0:
                    killed.append(answers[-1]["pid"])
                    os.kill(killed[0], signal.SIGKILL)
                    print(f"killed a worker: its machine's agent was {status['agent']}")
            time.sleep(0.01)
        return answers

    with ThreadPoolExecutor(8) as pool:
        answers = [one for own in pool.map(ask, range(8)) for one in own]
    return answers, killed[0]


def test_gunicorn(program):
    command = "gunicorn --preload --workers 3 --bind 127.0.0.1:0 service:application"
    check(program, command.split(), PUMP="threads")


def test_uvicorn(program):
    command = "uvicorn --workers 3 --timeout-worker-healthcheck 60 --host 127.0.0.1 --port 0"
    check(program, [*command.split(), "service:asynchronous"], PUMP="loop")


if __name__ == "__main__":
    servers.run(globals())
