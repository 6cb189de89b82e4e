# SPDX-License-Identifier: Apache-2.0
"""releases_test.py LIBRARY NEXT COMMAND: workers of two releases of the library roll over one segment, this one and
one that has an option and a field more (next_release.py). Whichever was first: none is refused, the options that
one sets hold for all who know them and stay for the others, no token and no permit is lost or given twice.

Each figure follows from the options in worker.py by arithmetic. COMMAND is this release's `outgrow`."""

import ctypes
import json
import os
import subprocess
import sys
import unittest

from workers import Worker

THIS, NEXT, COMMAND = sys.argv[1:4]
KINDS = {"logins": "limiter", "window": "limiter", "calls": "concurrency", "db": "breaker"}


def inspect(library, segment):
    """The segment as a process of that release sees it, its objects by name."""
    dll, text = ctypes.CDLL(library), ctypes.c_void_p()
    if dll.og_scope_inspect(segment.encode(), 1, ctypes.byref(text), None) != 0:
        raise AssertionError("cannot be inspected")
    dll.og_text_data.restype = ctypes.c_char_p
    report = json.loads(dll.og_text_data(text))
    return {**report, "objects": {one["name"]: one for one in report["objects"]}}


class Releases(unittest.TestCase):
    def setUp(self):
        self.segment = f"/outgrow-releases-{os.getpid()}"
        self.workers = []

    def tearDown(self):
        for worker in self.workers:
            worker.kill()
        os.unlink("/dev/shm" + self.segment)

    def start(self, library, *more):
        worker = Worker("worker.py", library, self.segment, *more)
        self.workers.append(worker)
        return worker

    def leave(self, worker):
        self.workers.remove(worker)
        worker.end()

    def die(self, worker):
        self.workers.remove(worker)
        worker.kill()

    def sound(self):
        """By the eyes of both; the figures of this release's that the other adds to are its own."""
        for library in (THIS, NEXT):
            seen = inspect(library, self.segment)
            self.assertEqual(seen["faults"], [])
            for one in seen["objects"].values():
                self.assertNotIn("error", one)
        return seen["objects"]

    def roll(self, first, then):
        """`first` is there, `then` comes, the first leave, and one of the first comes back."""
        watch = {THIS: (), NEXT: ("watch=7",)}
        a, b = self.start(first, *watch[first]), self.start(first, *watch[first])
        self.assertEqual([a.ask("spend", "logins", 100), b.ask("spend", "logins", 100)], [100, 100])
        self.assertEqual([a.ask("spend", "window", 10), b.ask("spend", "window", 10)], [10, 10])
        self.assertEqual([a.ask("enter", 2), b.ask("enter", 1)], [2, 1])
        self.assertEqual(a.ask("fail", 1), 1)

        c = self.start(then, *watch[then])
        self.assertEqual(c.ask("spend", "logins", 100), 100)
        self.assertEqual(c.ask("spend", "window", 10), 10)
        self.assertEqual(c.ask("enter", 1), 1)
        self.sound()
        self.assertEqual(b.ask("exit", 1), 1)
        self.leave(b)
        self.die(a)  # with two permits

        # Whichever of them sets options: what only the next release knows stays.
        newer, older = (c, first) if then == NEXT else (self.start(NEXT, "watch=7"), then)
        for noun in ("limiter logins", "limiter window", "concurrency calls", "breaker db"):
            newer.ask("set", noun, {"watch": 9})
        d = self.start(then, *watch[then])
        d.ask("set", "concurrency calls", {"limit": 8})
        d.ask("set", "limiter logins", {"burst": 1200})  # 700 of 1000 left: 840
        d.ask("set", "limiter window", {"rate": "50/h"})  # 30 have passed
        d.ask("set", "breaker db", {"failure_threshold": 2})
        seen = self.sound()
        for name in KINDS:
            self.assertEqual(seen[name]["options"]["watch"], "9", name)

        # One of the first comes back with what it was always asked for, and follows.
        e = self.start(first, *watch[first])
        self.assertEqual(d.ask("spend", "logins", 40), 40)
        self.assertEqual(e.ask("spend", "logins", 10**6), 800)
        self.assertEqual(c.ask("spend", "logins", 1), 0)
        self.assertEqual(e.ask("spend", "window", 10**6), 20)
        self.assertEqual(d.ask("spend", "window", 1), 0)
        self.assertEqual([d.ask("enter", 3), e.ask("enter", 100), c.ask("enter", 1)], [3, 4, 0])
        self.assertEqual([e.ask("fail", 1), d.ask("fail", 1), c.ask("fail", 1)], [1, 0, 0])
        for worker, permits in ((c, 1), (d, 3), (e, 4)):
            self.assertEqual(worker.ask("exit", permits), permits)

        # The command of the one that does not know all.
        subprocess.run(
            [COMMAND, "host", "set", self.segment, "calls", "limit=9"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        self.assertEqual(older, THIS)
        self.assertEqual(c.ask("enter", 100), 9)
        self.assertEqual(c.ask("exit", 9), 9)
        return self.sound()

    def test_this_release_then_the_next(self):
        seen = self.roll(THIS, NEXT)
        for name in KINDS:  # made without the field, and done without
            self.assertEqual(seen[name]["figures"]["outgrow_next_calls_total"], -1)
        self.assertEqual(
            seen["logins"]["figures"]['outgrow_limiter_decisions_total{outcome="allowed"}'], 1140
        )

    def test_the_next_release_then_this_one(self):
        seen = self.roll(NEXT, THIS)
        for name in KINDS:
            self.assertEqual(seen[name]["options"]["watch"], "9")
            self.assertEqual(seen[name]["figures"]["outgrow_next_watch"], 9)
        # a and b 200 calls, e 800 and one that was denied: nobody else wrote there.
        self.assertEqual(seen["logins"]["figures"]["outgrow_next_calls_total"], 1001)
        self.assertEqual(seen["window"]["figures"]["outgrow_next_calls_total"], 41)

    def test_under_load(self):
        """While the workers of one are replaced by those of the other, and back."""
        for first, then in ((THIS, NEXT), (NEXT, THIS)):
            tokens = calls = 0
            segment = self.segment
            old, new = self.start(first), self.start(first)
            for library in (then, then, first, first):
                old.tell("load")
                new.tell("load")
                fresh = self.start(library)
                for worker in (old, new):
                    worker.tell("exit", 0)
                    spent, entered = worker.said()
                    self.assertEqual(worker.said(), 0)
                    tokens, calls = tokens + spent, calls + entered
                self.leave(old)
                old, new = new, fresh
            self.assertGreater(calls, 100)
            tokens += old.ask("drain") + new.ask("drain")
            self.assertEqual(tokens, 300_000)
            self.assertEqual([old.ask("enter", 100), new.ask("enter", 1)], [6, 0])
            self.assertEqual(old.ask("exit", 6), 6)
            figures = self.sound()["calls"]["figures"]
            self.assertEqual(
                figures['outgrow_concurrency_calls_total{outcome="admitted"}'], calls + 6
            )
            self.leave(old)
            self.leave(new)
            os.unlink("/dev/shm" + segment)
        self.start(THIS)  # for the name that the end removes


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
