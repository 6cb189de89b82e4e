# SPDX-License-Identifier: Apache-2.0
"""worker.py LIBRARY SEGMENT [OPTION=VALUE...]: a worker of the release that LIBRARY is of, for releases_test.py.

It makes its nouns in the segment, each with the options that are given besides its own, says "ready", and answers
each line on its standard input with one of JSON until that ends. All is decided at one time, so that no token comes
by itself."""

import ctypes
import json
import select
import sys

from library import Library

AT = 10**18  # ns
OPTIONS = {
    "limiter logins": {"rate": "1000/h", "keys": "64"},
    "limiter window": {"rate": "60/h", "keys": "1", "policy": "sliding_window"},
    "limiter bulk": {"rate": "300000/h", "keys": "1"},
    "concurrency calls": {"limit": "6", "permit_ms": "0"},
    "breaker db": {"failure_threshold": "3", "open_ms": "1h"},
}


asked = open(0, "rb", buffering=0)  # so that select() sees what has not been read


class Worker:
    def __init__(self, library, segment, more):
        self.library = Library(library)
        self.scope = self.library.made("og_scope_create_host", segment.encode(), None)
        self.nouns, self.permits = {}, []
        for noun, own in OPTIONS.items():
            kind, name = noun.split()
            self.nouns[name] = self.library.made(
                f"og_{kind}_create_in",
                self.scope,
                name.encode(),
                self.library.config({**own, **more}),
                None,
            )

    def spend(self, name, count):
        """Takes so many tokens of one key, or until it is denied: how many."""
        call, limiter = self.library.dll.og_limiter_acquire_at, self.nouns[name]
        given = (limiter, b"alice", *map(ctypes.c_int64, (5, 1, AT)))
        call.restype = ctypes.c_int64
        for i in range(count):
            wait = call(*given)
            if wait < 0:
                raise SystemExit(f"{name}: refused with {wait}")
            if wait > 0:
                return i
        return count

    def enter(self, count):
        """Takes so many permits and keeps them, or until it is refused: how many."""
        for i in range(count):
            permit = self.library.call("og_concurrency_enter", self.nouns["calls"])
            if permit <= 0:
                return i
            self.permits.append(permit)
        return count

    def exit(self, count):
        """Gives so many back: how many of them stood."""
        gave = [
            ctypes.c_int32(
                self.library.call("og_concurrency_exit", self.nouns["calls"], self.permits.pop())
            ).value
            for _ in range(count)
        ]
        return gave.count(0)

    def fail(self, count):
        """Calls that fail: how many the breaker let through."""
        passed = 0
        for _ in range(count):
            permit = self.library.call("og_breaker_enter_at", self.nouns["db"], AT)
            if permit <= 0:
                break
            self.library.call("og_breaker_exit_at", self.nouns["db"], permit, 0, AT)
            passed += 1
        return passed

    def set(self, noun, options):
        kind, name = noun.split()
        self.library.done(f"og_{kind}_reconfigure", self.nouns[name], self.library.config(options))

    def load(self):
        """Takes tokens of "bulk", each in a call of "calls", until it is asked for the next thing: how many."""
        tokens = calls = 0
        while not select.select([asked], [], [], 0)[0]:
            if self.enter(1) == 0:
                continue
            calls += 1
            tokens += self.spend("bulk", 100)
            if self.exit(1) != 1:
                raise SystemExit("a permit was lost")
        return tokens, calls

    def drain(self):
        return self.spend("bulk", 10**9)


def main():
    library, segment, *more = sys.argv[1:]
    worker = Worker(library, segment, dict(option.split("=") for option in more))
    print(json.dumps("ready"), flush=True)
    for line in asked:
        what, *given = json.loads(line)
        print(json.dumps(getattr(worker, what)(*given)), flush=True)


main()
