# SPDX-License-Identifier: Apache-2.0
import outgrow
from outgrow import Status
from words import text

MISS, ABSENT = object(), object()


def word(status):
    return Status(status).name.lower()


def found(value):
    return "miss" if value is MISS else "absent" if value is ABSENT else {"value": text(value)}


class Driver:
    def __init__(self, options, clock):
        self.cache = outgrow.Cache(clock=clock, **options)
        self.leases = {}

    def step(self, step, now_ns):
        op, key = step["op"], step.get("key", "")
        ttl = step["ttl_ms"] / 1000 if "ttl_ms" in step else None
        if op == "set":
            kept = self.cache.set(key, step["value"].encode(), ttl, weight=step.get("weight"))
            return "ok" if kept else "full"
        if op == "set_absent":
            self.cache.set_absent(key, ttl)
            return "ok"
        if op == "get":
            return found(self.cache.get(key, MISS, ABSENT))
        if op == "get_many":
            return [found(value) for value in self.cache.get_many(step["keys"], MISS, ABSENT)]
        if op == "copy":
            return self.copy(key, step["capacity"])
        if op == "lease":
            return self.lease(key, step.get("as", ""))
        if op == "fill":
            return word(
                self.cache.fill(key, self.leases[step["lease"]], step["value"].encode(), ttl)
            )
        if op == "fill_absent":
            return word(self.cache.fill_absent(key, self.leases[step["lease"]], ttl))
        if op == "give_up":
            return "ok" if self.cache.give_up(key, self.leases[step["lease"]]) else "lapsed"
        if op == "delete":
            return "ok" if self.cache.delete(key) else "miss"
        if op == "clear":
            self.cache.clear()
            return "ok"
        assert op == "stat", op
        return self.cache.stats[step["name"]]

    def copy(self, key, capacity):
        buffer = bytearray(capacity)
        size = self.cache.get_into(key, buffer)
        if size < 0:
            return word(size)
        return {"size": size, "bytes": bytes(buffer[:size]).decode()}

    def lease(self, key, name):
        lookup = self.cache.get_or_lease(key)
        if lookup.result > 0:
            self.leases[name] = lookup.result
        outcome = (
            "lease" if lookup.result > 0 else "hit" if lookup.result == 0 else word(lookup.result)
        )
        return {
            "outcome": outcome,
            "value": text(lookup.value),
            "wait_ms": lookup.wait_ns // 1_000_000,
        }


def make(vector, options, clock):
    return Driver(options, clock)
