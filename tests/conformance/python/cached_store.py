# SPDX-License-Identifier: Apache-2.0
"""The store is the program's: an object over a dict."""

import answers
import outgrow


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


class Own:
    def __init__(self):
        self.told = ToldStore()
        self.batches = {}


def opened(driver, setup, options, clock):
    own = driver.own = Own()
    driver.cache = outgrow.Cache(clock=clock, **setup.get("cache", {}))
    driver.store = outgrow.Store.of(own.told, clock=clock)
    driver.cached_store = outgrow.CachedStore(driver.cache, driver.store, **options)


def get(driver, step, now_ns):
    def got():
        value, source = driver.cached_store.get_detailed(step["key"])
        return {"value": answers.text(value), "from": answers.enum(source)}

    return answers.or_status(got)


def take(driver, step, now_ns):
    batch = driver.own.batches[step["as"]] = driver.cached_store.take_batch()
    return [[answers.text(member) for member in write] for write in batch or ()]


def done(driver, step, now_ns):
    how = outgrow.Status.OK if step["result"] == "ok" else outgrow.Status.STORE
    driver.cached_store.batch_done(driver.own.batches[step["batch"]], how)
    return "ok"


def dead(driver, step, now_ns):
    return [
        [answers.text(letter.key), answers.text(letter.value), letter.attempts, int(letter.reason)]
        for letter in driver.cached_store.dead_letters()
    ]


def cached(driver, step, now_ns):
    found = driver.cache.get(step["key"], "miss", "absent")
    return found if isinstance(found, str) else found.decode()


def lease(driver, step, now_ns):
    lease = driver.held[step["as"]] = driver.cache.get_or_lease(step["key"]).result
    return "lease" if lease > 0 else "none"


def row(driver, step, now_ns):
    return answers.text(driver.own.told.rows.get(step["key"].encode()))


def put(driver, step, now_ns):
    driver.own.told.rows[step["key"].encode()] = step["value"].encode()
    return "ok"


def fail(driver, step, now_ns):
    driver.own.told.how = step["how"]
    return "ok"
