# SPDX-License-Identifier: Apache-2.0
"""Stands for outgrow.Fleet: gives the commands that a test wants carried, and keeps what comes back."""

import threading
import time


class Scripted:
    def __init__(self):
        self._changed = threading.Condition()
        self._due, self._last = [], 0
        self.replies, self.why, self.waits = {}, [], 0

    def give(self, *words):
        """Commands to be carried as one pipeline; their ids."""
        with self._changed:
            numbers = range(self._last + 1, self._last + 1 + len(words))
            self._last += len(words)
            encoded = [[part.encode() for part in one.split("|")] for one in words]
            self._due += zip(numbers, encoded)
            self._changed.notify_all()
        return list(numbers)

    def all(self, *words, seconds=10):
        """Their replies, or why the client failed."""
        failures = len(self.why)
        numbers = self.give(*words)
        end = time.monotonic() + seconds
        with self._changed:
            while not all(number in self.replies for number in numbers):
                if len(self.why) > failures:
                    return self.why[-1]
                left = end - time.monotonic()
                assert left > 0, f"no reply to {words} in {seconds} s"
                self._changed.wait(left)
            return [self.replies[number] for number in numbers]

    def one(self, words, seconds=10):
        answer = self.all(words, seconds=seconds)
        return answer[0] if isinstance(answer, list) else answer

    # What a pump calls.

    def wait_due(self, timeout):
        with self._changed:
            self.waits += 1
            return self._changed.wait_for(lambda: self._due, timeout)

    def take(self):
        with self._changed:
            due, self._due = self._due, []
        lines = [f":{due[0][0]}"] if due else []
        for _, words in due:
            lines.append(f"*{len(words)}")
            lines += [f"${len(word)}\r\n{word.decode()}" for word in words]
        return "".join(line + "\r\n" for line in lines)

    def reply(self, number, reply):
        with self._changed:
            value, rest = parsed(reply)
            assert rest == b"" and number > 0, (number, reply)
            self.replies[number] = value
            self._changed.notify_all()

    def broken(self, why):
        with self._changed:
            self.why.append(why)
            self._changed.notify_all()

    def status(self):
        return {}


def parsed(data):
    """A reply in RESP, and what is behind it. An error is an exception."""
    line, rest = data[1:].split(b"\r\n", 1)
    if data[:1] == b":":
        return int(line), rest
    if data[:1] == b"-":
        return Exception(line.decode()), rest
    if data[:1] == b"*":
        values = []
        for _ in range(int(line)):
            value, rest = parsed(rest)
            values.append(value)
        return values, rest
    assert data[:1] == b"$", data
    size = int(line)
    if size < 0:
        return None, rest
    assert rest[size : size + 2] == b"\r\n", data
    return rest[:size], rest[size + 2 :]
