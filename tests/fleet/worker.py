# SPDX-License-Identifier: Apache-2.0
"""worker.py SETTINGS: a process of one machine of a fleet, as fleet_test.py starts it. SETTINGS is JSON: segment,
fleet, port, password, and what it makes: limit and options of a rate limiter, or slots, those of a concurrency limiter.
Takes commands on its standard input, answers each with a line of JSON, and
ends with its input."""

import contextlib
import json
import os
import random
import sys
import threading
import time

import redis

import outgrow
import outgrow.redis

settings = json.loads(sys.argv[1])
host = outgrow.Scope.host(settings["segment"])
fleet = outgrow.Fleet(scope=host, name=settings["fleet"], **settings.get("scope", {}))
scope = fleet.scope()
if "slots" in settings:
    limiter = outgrow.ConcurrencyLimiter(scope=scope, name="calls", **settings["slots"])
else:
    limiter = outgrow.RateLimiter(
        settings["limit"], scope=scope, name="calls", **settings["options"]
    )
metrics = outgrow.Metrics()
metrics.add("calls", limiter)
metrics.add("fleet", scope)
client = redis.Redis("127.0.0.1", settings["port"], password=settings["password"])
pump = outgrow.redis.Pump(fleet, client).start()


def spend(seconds, per_second):
    """Tries so many times a second. When it was let through, and how long each call took."""
    pause = 10**9 // per_second
    admitted, taken = [], []
    at = time.monotonic_ns()
    end = at + int(seconds * 1e9)
    while at < end:
        before = time.monotonic_ns()
        passed = limiter.try_acquire("key")
        after = time.monotonic_ns()
        taken.append(after - before)
        if passed:
            admitted.append((after, after - before))
        at = max(at + pause, after - 20 * pause)  # what was missed for longer is not made up for
        if at > after:
            time.sleep((at - after) / 1e9)
    return {"admitted": admitted, "taken": taken}


def wait(seconds, timeout):
    """Waits for a token again and again, `timeout` at most: by how much the longest call was too long."""
    end, late, got = time.monotonic() + seconds, 0.0, 0
    while time.monotonic() < end:
        began = time.monotonic()
        with contextlib.suppress(outgrow.RateLimited):
            limiter.wait("key", timeout=timeout)
            got += 1
        late = max(late, time.monotonic() - began - timeout)
    return {"late": late, "got": got}


def work(seconds, threads, holds):
    """So many threads that call again and again, each call `holds` long at most: when each was in flight, and the
    longest that a call waited to be let in or refused."""
    calls, longest = [], [0]

    def one(number):
        chance = random.Random(number + os.getpid())
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.monotonic_ns()
            permit = limiter.enter()
            entered = time.monotonic_ns()
            longest[0] = max(longest[0], entered - began)
            if permit is None:
                time.sleep(0.002)
                continue
            time.sleep(chance.uniform(0.001, holds))
            calls.append((entered, time.monotonic_ns()))
            limiter.exit(permit)

    started = [threading.Thread(target=one, args=(number,)) for number in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return {"calls": calls, "longest": longest[0]}


def hold(count):
    """Calls that end with the process. How many were let in."""
    return sum(limiter.enter() is not None for _ in range(count))


def status():
    shown = [metrics.render(), repr(pump), repr(scope), repr(limiter), repr(fleet)]
    return {"status": pump.status(), "shown": list(map(str, shown))}


COMMANDS = {"spend": spend, "wait": wait, "work": work, "hold": hold, "status": status}
print("ready", flush=True)
for line in sys.stdin:
    command, *arguments = json.loads(line)
    print(json.dumps(COMMANDS[command](*arguments), default=str), flush=True)
pump.stop()
