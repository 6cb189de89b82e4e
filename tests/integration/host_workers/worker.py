# SPDX-License-Identifier: Apache-2.0
"""worker.py SEGMENT RATE LIMIT: see worker.c."""

import sys
import time

import outgrow

MS = 1_000_000
segment, rate, limit = sys.argv[1:]
clock = outgrow.Clock.system()
scope = outgrow.Scope.host(segment)
limiter = outgrow.RateLimiter(rate, scope=scope, name="calls", clock=clock)
room = outgrow.ConcurrencyLimiter(int(limit), permit_ms=0, scope=scope, name="room")
held = None
made = {}


def make(name, options):
    options = dict(option.split("=", 1) for option in options.split())
    made[name] = outgrow.RateLimiter(options.pop("rate"), scope=scope, name=name, **typed(options))
    return (1,)


def typed(options):
    return {name: int(text) if text.isdigit() else text for name, text in options.items()}


def spend(limiter, duration):
    admitted = denied = 0
    began = time.monotonic_ns()
    while time.monotonic_ns() - began < duration:
        if limiter.try_acquire("key"):
            admitted += 1
        else:
            denied += 1
    return admitted, denied


def turns(limiter, duration, path):
    reserved = refused = returned = 0
    began = time.monotonic_ns()
    with open(path, "w") as file:
        while time.monotonic_ns() - began < duration:
            slot = limiter.reserve_slot("key")
            if slot.wait_ns > 0:
                refused += 1
                continue
            reserved += 1
            if reserved % 3 == 0 and limiter.cancel_slot(slot.number, "key"):
                returned += 1
            else:
                print(slot.number, file=file)
    return reserved, refused, returned


def hold(limiter, count):
    return (sum(limiter.try_reserve("key", 5) is not None for _ in range(count)),)


def settle(limiter, duration):
    settled = refused = cost = 0
    began = time.monotonic_ns()
    while time.monotonic_ns() - began < duration:
        reservation = limiter.try_reserve("key", 5)
        if reservation is None:
            refused += 1
            continue
        assert limiter.settle(reservation, settled % 6)
        cost += settled % 6
        settled += 1
    return settled, refused, cost


def hammer(duration, pause):
    first = now = clock.now_ns()
    admitted = denied_from = denied_to = paused = 0
    while now - first < duration:
        passed = limiter.try_acquire("key")
        after = clock.now_ns()
        if passed:
            admitted += 1
        else:
            if denied_from == 0:
                denied_from = after
            elif after - denied_to > pause:
                paused += after - denied_to
            denied_to = now
        now = after
    return admitted, first, now, denied_from, denied_to, paused


def calls(duration, path):
    began = time.monotonic_ns()
    admitted = refused = lapsed = 0
    with open(path, "w") as file:
        while time.monotonic_ns() - began < duration:
            permit = room.enter()
            if permit is None:
                refused += 1
                continue
            entered = time.monotonic_ns()
            admitted += 1
            if admitted % 2 == 0:
                time.sleep(1e-4)
            left = time.monotonic_ns()
            lapsed += not room.exit(permit)
            print(entered, left, file=file)
    return admitted, refused, lapsed


def answer(command, *arguments):
    global held
    if command == "hammer":
        return hammer(*(int(ms) * MS for ms in arguments))
    if command == "calls":
        return calls(int(arguments[0]) * MS, arguments[1])
    if command == "enter":
        held = room.enter()
        return (int(held is not None),)
    if command == "exit":
        return (int(held is not None and room.exit(held)),)
    if command == "look":
        return (
            room.in_flight(),
            limiter.stat(outgrow.LimiterStat.ALLOWED),
            room.stat(outgrow.ConcurrencyStat.ORPHANED),
        )
    return answer_of_kinds(command, *arguments)


def answer_of_kinds(command, name, rest=""):
    if command == "make":
        return make(name, rest)
    limiter = made[name]
    if command == "plan":
        limiter.set_plan("key", rest)
        return (1,)
    if command == "spend":
        return spend(limiter, int(rest) * MS)
    if command == "turns":
        ms, path = rest.split(" ", 1)
        return turns(limiter, int(ms) * MS, path)
    if command == "hold":
        return hold(limiter, int(rest))
    if command == "settle":
        return settle(limiter, int(rest) * MS)
    if command == "reserved":
        stat = outgrow.LimiterStat
        return limiter.stat(stat.RESERVED), limiter.stat(stat.ORPHANED)
    if command == "stats":
        stat = outgrow.LimiterStat
        return limiter.stat(stat.ALLOWED), limiter.stat(stat.DENIED), clock.now_ns()
    raise SystemExit(f"no command: {command}")


print("ready", flush=True)
for line in sys.stdin:
    print(*answer(*line.rstrip("\n").split(" ", 2)), flush=True)
