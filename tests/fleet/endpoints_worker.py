# SPDX-License-Identifier: Apache-2.0
"""endpoints_worker.py SETTINGS: a process of one machine of a fleet, as endpoints_test.py starts it. SETTINGS is JSON:
segment, fleet, port, password, and configured: the endpoints that it ensures as it starts. Takes commands on its standard
input, answers each with a line of JSON, and ends with its input."""

import json
import sys
import threading
import time

import redis

import outgrow
import outgrow.redis

settings = json.loads(sys.argv[1])
host = outgrow.Scope.host(settings["segment"])
fleet = outgrow.Fleet(scope=host, name=settings["fleet"], timeout_ms="200ms")
servers = outgrow.Endpoints(scope=fleet.scope(), name="servers", max_endpoints=2048)
balancer = outgrow.Balancer(servers, policy="weighted_round_robin")
for name, weight in settings.get("configured", {}).items():
    servers.ensure(name, weight=weight)
client = redis.Redis("127.0.0.1", settings["port"], password=settings["password"])
pump = outgrow.redis.Pump(fleet, client).start()

picking = {"on": True, "longest": 0, "picks": 0}


def pick():
    """Picks all the time, and notes the longest that one took of 20 in a row: less is a busy host's."""
    while picking["on"]:
        began = time.monotonic_ns()
        for _ in range(20):
            balancer.pick()
        picking["longest"] = max(picking["longest"], time.monotonic_ns() - began)
        picking["picks"] += 20
        time.sleep(0.002)


def put(names, weight):
    for name in names:
        servers.put(name, weight=weight)


def remove(names):
    for name in names:
        servers.remove(servers.find(name))


def has():
    return {servers.name(i): servers.weight(i) for i in range(2048) if knows(i)}


def knows(index):
    try:
        servers.weight(index)
        return True
    except outgrow.InvalidArgument:
        return False


def find(name, is_healthy):
    servers.set_healthy(servers.find(name), is_healthy)


def picks():
    return {"longest": picking["longest"], "picks": picking["picks"]}


def picked(count):
    all_picked = {balancer.pick() for _ in range(count)} - {None}
    return sorted(servers.name(one) for one in all_picked)


def status():
    return {"status": pump.status()}


thread = threading.Thread(target=pick)
thread.start()
COMMANDS = {
    "put": put,
    "remove": remove,
    "has": has,
    "find": find,
    "picks": picks,
    "picked": picked,
    "status": status,
}
print("ready", flush=True)
for line in sys.stdin:
    command, *arguments = json.loads(line)
    print(json.dumps(COMMANDS[command](*arguments), default=str), flush=True)
picking["on"] = False
thread.join()
pump.stop()
