# SPDX-License-Identifier: Apache-2.0
"""A process of a release: worker.py or fleet_worker.py."""

import json
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).parent


class Worker:
    def __init__(self, script, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, FOLDER / script, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self.said() != "ready":
            raise AssertionError("a worker did not start")

    def tell(self, *command):
        print(json.dumps(command), file=self.process.stdin, flush=True)

    def said(self):
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"a worker ended with {self.process.wait()}")
        return json.loads(line)

    def ask(self, *command):
        self.tell(*command)
        return self.said()

    def end(self):
        self.process.stdin.close()
        code = self.process.wait()
        self.process.stdout.close()
        if code != 0:
            raise AssertionError(f"a worker ended with {code}")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
