# SPDX-License-Identifier: Apache-2.0
"""The store is the program's: an object over a dict."""

import outgrow
from outgrow import Status
from words import refused, text


class ToldStore:
    """Fails as it is told: "reads", writes that are "refused", or "applied" and yet said to fail."""

    def __init__(self):
        self.rows = {}
        self.how = None

    def get(self, key):
        if self.how == "reads":
            raise RuntimeError("told to fail")
        return self.rows.get(bytes(key))

    def set(self, key, value):
        self.batch_write([(key, value)])

    def delete(self, key):
        self.batch_write([(key, None)])

    def batch_write(self, writes):
        if self.how != "refused":
            for key, value in writes:
                if value is None:
                    self.rows.pop(bytes(key), None)
                else:
                    self.rows[bytes(key)] = bytes(value)
        if self.how in ("refused", "applied"):
            raise RuntimeError("told to fail")


def written(write, *arguments):
    try:
        write(*arguments)
        return "ok"
    except outgrow.Full:
        return "full"
    except outgrow.OutgrowError as error:
        return "closed" if error.status == Status.CLOSED else refused(error)


class Driver:
    def __init__(self, setup, options, clock):
        self.told = ToldStore()
        self.cache = outgrow.Cache(clock=clock, **setup.get("cache", {}))
        self.cached = outgrow.CachedStore(
            self.cache, outgrow.Store.of(self.told, clock=clock), **options
        )
        self.leases = {}
        self.batches = {}

    def step(self, step, now_ns):
        op, key, value = step["op"], step.get("key", ""), step.get("value", "").encode()
        act = getattr(self, f"step_{op}", None)
        if act is not None:
            return act(step, key, value)
        if op in ("pump", "redrive_all"):
            return getattr(self.cached, op)()
        if op == "flush":
            return self.cached.flush(0)
        if op == "close":
            return self.cached.drain(0)
        assert op == "stat", op
        return self.cached.stats[step["name"]]

    # ---- reading and writing ----

    def step_get(self, step, key, value):
        try:
            found, source = self.cached.get_detailed(key)
        except outgrow.OutgrowError as error:
            return refused(error)
        return {"value": text(found), "from": source.name.lower()}

    def step_set(self, step, key, value):
        return written(self.cached.set, key, value)

    def step_delete(self, step, key, value):
        return written(self.cached.delete, key)

    # ---- write-behind ----

    def step_due_in(self, step, key, value):
        due = self.cached.due_in()
        return "none" if due is None else int(round(due * 1e9)) // 1_000_000

    def step_take(self, step, key, value):
        batch = self.batches[step["as"]] = self.cached.take_batch()
        return [] if batch is None else [[text(key), text(value)] for key, value in batch]

    def step_done(self, step, key, value):
        batch = self.batches[step["batch"]]
        self.cached.batch_done(batch, Status.OK if step["result"] == "ok" else Status.STORE)
        return "ok"

    def step_dead(self, step, key, value):
        return [
            [text(letter.key), text(letter.value), letter.attempts, int(letter.reason)]
            for letter in self.cached.dead_letters()
        ]

    def step_redrive(self, step, key, value):
        try:
            return Status(self.cached.redrive(key)).name.lower()
        except outgrow.ClosedError:
            return "closed"

    def step_discard(self, step, key, value):
        return "ok" if self.cached.discard(key) else "miss"

    # ---- the cache and the store beside it ----

    def step_evict(self, step, key, value):
        self.cache.clear()
        return "ok"

    def step_cached(self, step, key, value):
        found = self.cache.get(key, "miss", "absent")
        return found if isinstance(found, str) else found.decode()

    def step_lease(self, step, key, value):
        self.leases[step["as"]] = self.cache.get_or_lease(key).result
        return "lease" if self.leases[step["as"]] > 0 else "none"

    def step_fill(self, step, key, value):
        return Status(self.cache.fill(key, self.leases[step["lease"]], value)).name.lower()

    def step_row(self, step, key, value):
        return text(self.told.rows.get(key.encode()))

    def step_put(self, step, key, value):
        self.told.rows[key.encode()] = value
        return "ok"

    def step_fail(self, step, key, value):
        self.told.how = step["how"]
        return "ok"


def make(vector, options, clock):
    return Driver(vector.get("setup", {}), options, clock)
