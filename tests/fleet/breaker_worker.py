# SPDX-License-Identifier: Apache-2.0
"""breaker_worker.py SETTINGS: a process of one machine of a fleet, as breaker_test.py starts it. SETTINGS is JSON:
segment, fleet, port, password, options, and down: a file that is there while what the machine calls fails. Takes
commands on its standard input, answers each with a line of JSON, and ends with its input."""

import json
import pathlib
import sys
import time

import redis

import outgrow
import outgrow.redis

settings = json.loads(sys.argv[1])
host = outgrow.Scope.host(settings["segment"])
fleet = outgrow.Fleet(scope=host, name=settings["fleet"], **settings.get("scope", {}))
breaker = outgrow.CircuitBreaker(scope=fleet.scope(), name="backend", **settings["options"])
client = redis.Redis("127.0.0.1", settings["port"], password=settings["password"])
pump = outgrow.redis.Pump(fleet, client).start()
down = pathlib.Path(settings["down"] + settings["segment"].replace("/", "-"))


def call(seconds, per_second):
    """Calls so many times a second, half-open ones for 50 ms. When each began and ended, and whether it was a try of a
    half-open breaker; when others were refused; and what the first was told that
    the fleet refused."""
    pause = 10**9 // per_second
    let_in, refused, said = [], [], ""
    at = time.monotonic_ns()
    end = at + int(seconds * 1e9)
    while at < end:
        began = time.monotonic_ns()
        permit = breaker.enter()
        if permit is None:
            refused.append(began)
            if "fleet" not in said:
                said = breaker.refusal(breaker.retry_after())
        else:
            tries = breaker.state == outgrow.BreakerState.HALF_OPEN
            if tries:
                time.sleep(0.05)
            ended = time.monotonic_ns()  # before the next can begin
            breaker.exit(permit, not down.exists())
            let_in.append((began, ended, tries))
        at = max(at + pause, time.monotonic_ns() - 20 * pause)
        if at > time.monotonic_ns():
            time.sleep((at - time.monotonic_ns()) / 1e9)
    return {"let_in": let_in, "refused": refused, "said": said}


def status():
    return {"status": pump.status(), "state": breaker.state.name}


COMMANDS = {"call": call, "status": status}
print("ready", flush=True)
for line in sys.stdin:
    command, *arguments = json.loads(line)
    print(json.dumps(COMMANDS[command](*arguments), default=str), flush=True)
pump.stop()
