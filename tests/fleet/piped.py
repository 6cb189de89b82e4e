# SPDX-License-Identifier: Apache-2.0
"""Pumps of another language: a process has them, told what to do by lines of words, and tells by lines what they do."""

import contextlib
import itertools
import queue
import subprocess
import threading

from scripted import Scripted


class Process:
    """Has pumps that are opened under names."""

    def __init__(self, command):
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._numbers = itertools.count(1)
        self._opened = {}
        self._lock = threading.Lock()

    def __enter__(self):
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self.code = self._process.wait(20)
        self._reader.join(20)
        self._process.stdout.close()

    def tell(self, *words):
        with self._lock:
            self._process.stdin.write("\t".join(map(str, words)) + "\n")
            self._process.stdin.flush()

    def start(self, *words):
        """What a pump that runs carries."""
        name = f"pump{next(self._numbers)}"
        fleet = self._opened[name] = Piped(self, name)
        self.tell("open", name, *words)
        return fleet

    @contextlib.contextmanager
    def open(self, *words):
        """The same, until the block ends."""
        fleet = self.start(*words)
        try:
            yield fleet
        finally:
            fleet.ask("close")

    def _read(self):
        for line in self._process.stdout:
            word, name, *rest = line.rstrip("\n").split("\t")
            self._opened[name].told(word, *rest)
        for fleet in self._opened.values():
            fleet.answers.put(None)


class Piped(Scripted):
    """Stands for the fleet of a pump in a process."""

    def __init__(self, process, name):
        super().__init__()
        self._process, self.name = process, name
        self.answers = queue.Queue()

    def give(self, *words):
        with self._changed:
            numbers = super().give(*words)
            text = super().take()
            self._due = list(numbers)  # until they are told to be taken
        self._process.tell("due", self.name, text.encode().hex())
        return numbers

    def ask(self, word):
        """The words that the process answers with."""
        self._process.tell(word, self.name)
        answer = self.answers.get(timeout=20)
        assert answer is not None, "the process has ended"
        return answer

    def told(self, word, *rest):
        if word == "taken":
            self._due = []
        elif word == "reply":
            number, reply = rest
            self.reply(int(number), bytes.fromhex(reply))
        elif word == "broken":
            self.broken(*rest)
        else:
            self.answers.put(list(rest))
