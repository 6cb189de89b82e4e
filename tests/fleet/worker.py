# SPDX-License-Identifier: Apache-2.0
"""worker.py SETTINGS: a process of one machine of a fleet, as fleet_test.py starts it. SETTINGS is JSON: segment,
fleet, port, password, limit and options. Takes commands on its standard input, answers each with a line of JSON, and
ends with its input."""

import contextlib
import json
import sys
import time

import redis

import outgrow
import outgrow.redis

settings = json.loads(sys.argv[1])
host = outgrow.Scope.host(settings["segment"])
fleet = outgrow.Fleet(scope=host, name=settings["fleet"], **settings.get("scope", {}))
scope = fleet.scope()
limiter = outgrow.RateLimiter(settings["limit"], scope=scope, name="calls", **settings["options"])
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


def status():
    shown = [metrics.render(), repr(pump), repr(scope), repr(limiter), repr(fleet)]
    return {"status": pump.status(), "shown": list(map(str, shown))}


COMMANDS = {"spend": spend, "wait": wait, "status": status}
print("ready", flush=True)
for line in sys.stdin:
    command, *arguments = json.loads(line)
    print(json.dumps(COMMANDS[command](*arguments), default=str), flush=True)
pump.stop()
