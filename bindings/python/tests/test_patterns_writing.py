# SPDX-License-Identifier: Apache-2.0
"""The tutorial's caches when a part of theirs fails, is cancelled, comes again or is closed at work."""

import asyncio
import threading
from types import SimpleNamespace

import pytest
from outgrow import Cache, Clock, patterns


class Held:
    """A database whose batches wait until they may go on."""

    def __init__(self, failures=0):
        self.written, self.begun, self.go = [], asyncio.Event(), asyncio.Event()
        self.failures, self.cut_short = failures, 0

    async def batch_write(self, batch):
        self.begun.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cut_short += 1
            raise
        if self.failures:
            self.failures -= 1
            raise OSError("away")
        self.written += [(write["key"], write["value"]) for write in batch]


def behind(database, clock, **options):
    return patterns.WriteBehindCache(
        Cache(codec="pickle", clock=clock), database, clock=clock, **options
    )


async def some_turns():
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize("failures", [0, 1])
@pytest.mark.parametrize("by_hand", [False, True])
def test_closing_waits_for_what_is_being_written(failures, by_hand):
    async def run():
        clock = Clock.manual()
        database = Held(failures)
        cached = behind(database, clock)
        cached.set("a", 1)
        clock.advance(5)
        flush = asyncio.create_task(cached.flush()) if by_hand else None
        await database.begun.wait()
        closing = asyncio.create_task(cached.close())
        await some_turns()
        assert not closing.done() and database.written == []
        cached.set("b", 2)  # while it closes
        database.go.set()
        await closing
        assert sorted(database.written) == [("a", 1), ("b", 2)]
        assert database.cut_short == 0 and cached.noun.due_in() is None
        if flush is not None and failures:
            with pytest.raises(OSError):
                await flush
        await some_turns()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())


def test_a_cancelled_flush_loses_nothing():
    async def run():
        clock = Clock.manual()
        database = Held()
        cached = behind(database, clock)
        cached.set("a", 1)
        clock.advance(5)
        await database.begun.wait()
        closing = asyncio.create_task(cached.close())
        await some_turns()
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        assert database.cut_short == 0  # the close's caller gave up, the write's did not
        flush = asyncio.create_task(cached.flush())
        cached.set("b", 2)
        database.go.set()
        await flush
        await cached.close()
        return database.written

    assert sorted(asyncio.run(run())) == [("a", 1), ("b", 2)]


def test_a_batch_may_close_what_wrote_it():
    async def run():
        written = []

        class Closes:
            async def batch_write(self, batch):
                await cached.close()
                written.extend(write["key"] for write in batch)

        clock = Clock.manual()
        cached = behind(Closes(), clock)
        cached.set("a", 1)
        clock.advance(5)
        await asyncio.wait_for(cached.flush(), 10)
        return written

    assert asyncio.run(run()) == ["a"]


class Fails:
    """A cache that fails on request."""

    def __init__(self):
        self.rows, self.failing = {}, ()

    def __len__(self):
        return len(self.rows)

    def _may(self, what):
        if what in self.failing:
            raise ConnectionError(what)

    def get(self, key):
        self._may("get")
        return self.rows.get(key)

    def set(self, key, value, ttl=None):
        self._may("set")
        self.rows[key] = value

    def delete(self, key):
        self._may("delete")
        self.rows.pop(key, None)


class Database(dict):
    def set(self, key, value):
        self[key] = value


def test_write_through_forgets_what_the_cache_failed_to_take():
    cached = patterns.WriteThroughCache(Fails(), Database())
    cached.set("a", 1)
    cached.cache.failing = ("set",)
    with pytest.raises(ConnectionError):
        cached.set("a", 2)
    cached.cache.failing = ()
    assert cached.get("a") == 2


def test_write_behind_forgets_what_the_cache_failed_to_take():
    async def run():
        database, clock = Held(), Clock.manual()
        cached = patterns.WriteBehindCache(Fails(), database, clock=clock)
        cached.set("a", 1)
        cached.cache.failing = ("set",)
        with pytest.raises(ConnectionError):
            cached.set("a", 2)
        cached.cache.failing = ()
        assert cached.get("a") == 2  # it waits to be written
        database.go.set()
        await cached.close()
        return database.written

    assert asyncio.run(run()) == [("a", 2)]


class Ends(Database):
    def set(self, key, value):
        raise KeyboardInterrupt

    update_user = execute = set


def test_what_the_database_raises_is_raised_whatever_the_cache_does():
    cache = Fails()
    cache.failing = ("delete",)
    with pytest.raises(KeyboardInterrupt):
        patterns.CacheAsidePattern(cache, Ends()).set("a", 1)
    with pytest.raises(KeyboardInterrupt):
        patterns.WriteThroughCache(cache, Ends()).set("a", 1)
    with pytest.raises(ConnectionError):  # it has been written, and the cache has the old value
        patterns.CacheAsidePattern(cache, Database()).set("a", 1)


def test_a_cache_that_is_empty_is_still_the_callers():
    cache = Fails()
    assert not cache
    answers = SimpleNamespace(execute=lambda query: [query])
    cluster = SimpleNamespace(get_read_replica=lambda: answers, get_primary=lambda: answers)
    path = patterns.ScalingPatterns(cache_layer=cache, database_cluster=cluster)
    path.handle_request(SimpleNamespace(cache_key="k", type="read", query="q"))
    assert cache.rows == {"k": ["q"]}


def test_a_database_that_writes_through_what_writes_it_does_not_wait_for_itself():
    class Audited(Database):
        def set(self, key, value):
            super().set(key, value)
            if not isinstance(key, tuple):
                for other in range(200):  # of the same lock, some of them
                    cached.set(("audit", other), value)

    cached = patterns.WriteThroughCache(Fails(), Audited())
    writing = threading.Thread(target=lambda: cached.set("a", 1), daemon=True)
    writing.start()
    writing.join(20)
    assert not writing.is_alive()
    assert cached.get(("audit", 199)) == 1


def test_writes_of_one_key_take_turns():
    inside, most = [], []

    class Slow(Database):
        def set(self, key, value):
            inside.append(value)
            most.append(len(inside))
            both.wait(0.05)  # would be both here, if they could
            super().set(key, value)
            inside.remove(value)

    both = threading.Event()
    cached = patterns.WriteThroughCache(Fails(), Slow())
    # Equal keys are one.
    threads = [
        threading.Thread(target=cached.set, args=(key, value))
        for value, key in enumerate((1, 1.0, True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1 and cached.get(1) == cached.database[1]
