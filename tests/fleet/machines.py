# SPDX-License-Identifier: Apache-2.0
"""Machines of a fleet, on this one: each a segment of its own, with processes of its own that share it."""

import contextlib
import itertools
import json
import os
import pathlib
import subprocess
import sys

import servers

HERE = pathlib.Path(__file__).parent
_number = itertools.count()


class Worker:
    def __init__(self, settings):
        self.process = subprocess.Popen(
            [sys.executable, HERE / settings.get("worker", "worker.py"), json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def told(self):
        line = self.process.stdout.readline()
        assert line, f"a worker ended with {self.process.wait()}"
        return line

    def tell(self, *command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def answer(self):
        return json.loads(self.told())

    def ask(self, *command):
        self.tell(*command)
        return self.answer()

    def status(self):
        return self.ask("status")["status"]

    def kill(self):
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()


class Machine:
    """`workers` processes over one segment, that reach their server on `port`."""

    def __init__(self, fleet, port, workers, **settings):
        self.segment = f"/outgrow-test-fleet-{os.getpid()}-{next(_number)}"
        self.fleet = fleet
        self._settings = dict(settings, segment=self.segment, fleet=fleet, port=port)
        self.workers = [Worker(self._settings) for _ in range(workers)]

    def ready(self):
        for worker in self.workers:
            assert worker.told() == "ready\n"

    def agent(self):
        """The worker that was elected."""
        for one in self.workers:
            if one.status()["agent"] == "this process":
                return one
        return None

    def kill(self, worker):
        self.workers.remove(worker)
        worker.kill()

    def end(self):
        for worker in self.workers:
            worker.kill()
        pathlib.Path(f"/dev/shm{self.segment}").unlink(missing_ok=True)


@contextlib.contextmanager
def machines(server, ports=(None, None, None), workers=2, **settings):
    """A machine for each port; None is the server's own."""
    settings = dict({"options": {}, "password": server.password}, **settings)
    fleet = f"fleet-{os.getpid()}-{next(_number)}"
    with contextlib.ExitStack() as stack:
        found = []
        for port in ports:
            found.append(Machine(fleet, port or server.port, workers, **settings))
            stack.callback(found[-1].end)
        for machine in found:
            machine.ready()
        yield found


def up(found):
    """Until all machines have their server, and know of one another."""

    told = []

    def are():
        told[:] = [machine.workers[0].status() for machine in found]
        return all(one["state"] == "up" and one["machines"] == len(found) for one in told)

    try:
        servers.until(20, are, "up, and one fleet")
    except AssertionError:
        print(*told, sep="\n")
        raise
