# SPDX-License-Identifier: Apache-2.0
"""Nothing stays behind: not of errors, not when a codec raises in the middle of an answer, not when
memory runs out there."""

import gc
import resource

import outgrow
import pytest
from leaks import leaves_nothing
from outgrow import Cache, CachedStore, CircuitBreaker, Clock, RateLimiter, Service, Status


ERRORS = {
    "an option": (lambda: None, lambda _: RateLimiter("fast" * 99), outgrow.BadValue),
    "a store": (lambda: outgrow.Store.of(Down()), lambda n: n.get("k"), outgrow.StoreError),
    "a store behind a cache": (
        lambda: CachedStore(Cache(), outgrow.Store.of(Down())),
        lambda n: n.get("k"),
        outgrow.StoreError,
    ),
    "a key": (outgrow.Metrics, lambda n: n.counter("no name of a counter"), outgrow.OutgrowError),
}


@pytest.mark.parametrize("of", ERRORS)
def test_errors_leave_nothing(of):
    make, fail, error = ERRORS[of]
    noun = make()

    def call():
        with pytest.raises(error):
            fail(noun)

    leaves_nothing(call)


class Unreadable:
    """A codec that has written what it cannot read."""

    @staticmethod
    def encode(value):
        return value

    @staticmethod
    def decode(data):
        raise ValueError("unreadable")


class Down:
    """A store that takes nothing."""

    def get(self, key):
        raise OSError("down")

    set = delete = get


def cached_with_letters(count=3, codec=Unreadable):
    cached = CachedStore(
        Cache(),
        outgrow.Store.of(Down()),
        mode="behind",
        retry_attempts=0,
        drain_ms=0,
        clock=Clock.manual(),
        codec=codec,
    )
    for number in range(count):
        cached.set(f"key {number}", b"v" * 1000)
    cached.drain(0)
    return cached


def cache_with_value():
    cache = Cache(codec=Unreadable)
    cache.set("k", b"v" * 1000)
    return cache


def cached_with_value():
    cached = CachedStore(Cache(), outgrow.Store(), codec=Unreadable)
    cached.set("k", b"v" * 1000)
    return cached


def service_with_value():
    service = Service(cache={"ttl_ms": "1h"}, codec=Unreadable)
    service.end(service.begin("c", "k").result, True, b"v" * 1000)
    return service


READERS = {
    "Cache.get": (cache_with_value, lambda n: n.get("k")),
    "Cache.get_many": (cache_with_value, lambda n: n.get_many(["no", "k"])),
    "Cache.get_or_lease": (cache_with_value, lambda n: n.get_or_lease("k")),
    "Cache.get_or_load": (cache_with_value, lambda n: n.get_or_load("k", int)),
    "CachedStore.get_detailed": (cached_with_value, lambda n: n.get_detailed("k")),
    "CachedStore.get_many": (cached_with_value, lambda n: n.get_many(["no", "k"])),
    "CachedStore.dead_letters": (cached_with_letters, lambda n: n.dead_letters()),
    "Service.begin": (service_with_value, lambda n: n.begin("c", "k")),
}


@pytest.mark.parametrize("name", READERS)
def test_a_codec_that_raises_leaves_nothing(name):
    make, read = READERS[name]
    noun = make()

    def call():
        with pytest.raises(ValueError, match="unreadable"):
            read(noun)

    leaves_nothing(call)


def gathered():
    query = outgrow.Gather(policy="any").start(600)
    for shard in range(300, 310):  # above the numbers that Python keeps one of
        query.fail(shard, Status.TIMEOUT, "no answer within its time")
    return query


ANSWERS = {
    "RateLimiter.acquire_detailed": (
        lambda: RateLimiter("1000000/s"),
        lambda n: n.acquire_detailed("k"),
    ),
    "RateLimiter.standing": (
        lambda: RateLimiter("1000000/s"),
        lambda n: n.standing("k"),
    ),
    "CachedStore.dead_letters": (
        lambda: cached_with_letters(codec="bytes"),
        lambda n: n.dead_letters(),
    ),
    "Query.failures": (gathered, lambda n: n.failures()),
    "ShardMap.ranges": (lambda: outgrow.ShardMap(["f", "p"]), lambda n: n.ranges()),
    "Cache.get_or_lease": (Cache, lambda n: n.give_up("k", n.get_or_lease("k").result)),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_memory_that_runs_out_within_an_answer_leaves_nothing(name):
    memory = pytest.importorskip(
        "_testcapi", reason="this Python cannot run out of memory by order"
    )
    make, ask = ANSWERS[name]
    noun = make()
    ask(noun)

    def runs_out(after):
        memory.set_nomemory(after, after + 1)
        try:
            ask(noun)
        except (MemoryError, RuntimeError):
            return True
        finally:
            memory.remove_mem_hooks()

    refusals = [after for after in range(40) if runs_out(after)]
    assert refusals
    for after in refusals:
        leaves_nothing(lambda: runs_out(after), times=200)


def test_a_million_made_and_closed_leave_nothing():
    def churn(count):
        for _ in range(count):
            CircuitBreaker().close()
        gc.collect()

    churn(20_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    churn(1_000_000)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 4096, f"{grown} KiB for a million"  # four bytes each would be 3906
