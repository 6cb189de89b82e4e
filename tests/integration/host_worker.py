# SPDX-License-Identifier: Apache-2.0
"""The processes of host_exact_test.py and host_kinds_test.py; host_workers/worker.c says what their commands mean."""

import subprocess


class Worker:
    """A process that takes commands. Its end closes its standard input, so that it never outlives this."""

    def __init__(self, build, language, segment, rate, limit):
        self.name = language
        self.process = subprocess.Popen(
            [build / f"host_worker_{language}", segment, rate, limit],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def tell(self, *command):
        print(*command, file=self.process.stdin)

    def said(self):
        line = self.process.stdout.readline()
        assert line, f"{self.name}: ended with {self.process.wait()}"
        return line.strip()

    def numbers(self):
        return tuple(map(int, self.said().split()))

    def ask(self, *command):
        self.tell(*command)
        return self.numbers()

    def kill(self):
        """SIGKILL; returns when the kernel has it no more."""
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def end(self):
        self.process.stdin.close()
        assert self.process.wait() == 0, f"{self.name}: exited with {self.process.returncode}"


def all_at_once(workers, command):
    """Each one's answer to the command that command(its number) makes."""
    for number, worker in enumerate(workers):
        worker.tell(*command(number))
    return [worker.numbers() for worker in workers]
