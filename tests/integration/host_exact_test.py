# SPDX-License-Identifier: Apache-2.0
"""host_exact_test.py BUILD LANGUAGE...: two processes of each language under one limit of one host scope.
Whatever they do at once, they are let through exactly what one process would be, no more and no less; a
limit on calls in flight is never exceeded, as the calls' own times say; and who is killed leaves nothing.

BUILD has the programs host_worker_LANGUAGE; worker.c says what their commands mean. OUTGROW_SECONDS (3) is
how long each hammering takes. No bound here hangs on who runs when, or for how long."""

import os
import pathlib
import sys
import tempfile
import time

from host_worker import Worker, all_at_once

BUILD, LANGUAGES = pathlib.Path(sys.argv[1]), sys.argv[2:]
MS = 1_000_000
DURATION_MS = int(float(os.environ.get("OUTGROW_SECONDS") or "3") * 1000)
RATE = BURST = 1000  # a second, and what a full bucket holds: the rate's count
PAUSE_MS = 500 * BURST // RATE  # in which a bucket that was empty fills by half
CLOCKS_DIFFER_NS = (
    10 * MS
)  # at most, between processes: each has its own line through the counter's ticks
LIMIT = len(LANGUAGES)  # in flight: half of the processes


def the_rate_is_exact(workers):
    """At most: the bucket was full at the first decision, whose time is at least the earliest `first`, and
    earned until the last, at most the latest `last`; each decision's time lies between its own process's.
    At least: wherever a process was denied, the bucket was empty, so between two of its denials all that
    was earned went to somebody, less what a bucket may have lost that was full: which takes it a second."""
    answers = all_at_once(workers, lambda _: ("hammer", DURATION_MS, PAUSE_MS))
    admitted = sum(answer[0] for answer in answers)
    span = max(last for _, _, last, *_ in answers) - min(first for _, first, *_ in answers)
    most = BURST + RATE * span // 10**9
    denials = [to - since - paused for *_, since, to, paused in answers if to > 0]
    assert denials, "nobody was ever denied"
    least = BURST - 1 + RATE * (max(denials) - CLOCKS_DIFFER_NS) // 10**9
    each = ", ".join(f"{worker.name} {answer[0]}" for worker, answer in zip(workers, answers))
    told = f"{admitted} admitted in {span / 1e9:.3f} s, {least} to {most} are right: {each}"
    print(told)
    assert least <= admitted <= most, told
    for worker in workers:
        assert worker.ask("look")[1] == admitted, f"{worker.name}: counts {worker.ask('look')[1]}"


def most_at_once(intervals):
    """How many of them overlap at most; one that begins as another ends is taken to come after it."""
    ends = [(since, 1) for since, _ in intervals] + [(until, -1) for _, until in intervals]
    now = most = 0
    for _, step in sorted(ends):
        now += step
        most = max(most, now)
    assert now == 0
    return most


def the_room_is_never_exceeded(workers, folder):
    """Its holder noted two times between which it held the permit: no more were out than these overlap.
    Runs again until all of the room was seen to be used; else that it held would say little."""
    for _ in range(10):
        began = time.monotonic_ns()
        answers = all_at_once(workers, lambda number: ("calls", DURATION_MS, folder / str(number)))
        ended = time.monotonic_ns()
        intervals = []
        for number, (worker, (admitted, _, lapsed)) in enumerate(zip(workers, answers)):
            own = [
                tuple(map(int, line.split()))
                for line in (folder / str(number)).read_text().splitlines()
            ]
            assert len(own) == admitted, f"{worker.name}: {len(own)} calls, {admitted} admitted"
            assert lapsed == 0, f"{worker.name}: {lapsed} permits were not its own"
            # The clocks of all languages are one, or no two intervals could be compared.
            assert all(began <= since <= until <= ended for since, until in own), (
                f"{worker.name}: another clock"
            )
            intervals += own
        most = most_at_once(intervals)
        refused = sum(answer[1] for answer in answers)
        print(f"{len(intervals)} calls, {refused} refused, at most {most} at once of {LIMIT}")
        assert most <= LIMIT, f"{most} calls in flight, {LIMIT} may be"
        for worker in workers:
            assert worker.ask("look")[0] == 0, (
                f"{worker.name}: {worker.ask('look')[0]} still in flight"
            )
        if most == LIMIT and refused > 0:
            return
    raise AssertionError(f"never {LIMIT} at once: {most}")


def the_killed_leave_nothing(workers):
    """One process of each language fills the room and is killed; the others get all of it, and no more."""
    holders, others = workers[::2], workers[1::2]
    assert [worker.ask("enter") for worker in holders] == [(1,)] * LIMIT
    assert [worker.ask("enter") for worker in others] == [(0,)] * LIMIT, "let in when it was full"
    for worker in others:
        assert worker.ask("look")[0] == LIMIT
    for worker in holders:
        worker.kill()
    for worker in others:
        assert worker.ask("look")[0] == 0, f"{worker.name}: sees permits of the dead"
    for worker in others:
        end = (
            time.monotonic() + 60
        )  # "within 10 ms of being needed", on a machine that runs us at all
        while worker.ask("enter") == (0,):
            assert time.monotonic() < end, f"{worker.name}: no room after those who had it are gone"
    for worker in others:
        in_flight, _, orphaned = worker.ask("look")
        assert (in_flight, orphaned) == (LIMIT, LIMIT), (worker.name, in_flight, orphaned)
    assert [worker.ask("exit") for worker in others] == [(1,)] * LIMIT
    for worker in others:
        assert worker.ask("look")[0] == 0
    return others


def test(folder):
    segment = f"/outgrow-exact-{os.getpid()}"
    workers = []
    try:
        for language in LANGUAGES:
            workers += [Worker(BUILD, language, segment, f"{RATE}/s", str(LIMIT)) for _ in range(2)]
        for worker in workers:
            assert worker.said() == "ready"
        the_rate_is_exact(workers)
        the_room_is_never_exceeded(workers, folder)
        for worker in the_killed_leave_nothing(workers):
            worker.end()
    finally:
        for worker in workers:
            worker.kill()
        pathlib.Path(f"/dev/shm{segment}").unlink(missing_ok=True)


missing = {"c", "python", "java", "go"} - set(LANGUAGES)
if missing:
    print("not in this build, and left out:", *sorted(missing))
with tempfile.TemporaryDirectory() as name:
    test(pathlib.Path(name))
print("ok")
