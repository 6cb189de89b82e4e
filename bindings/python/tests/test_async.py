# SPDX-License-Identifier: Apache-2.0
"""Waiting in asyncio, by a manual clock: nothing here sleeps."""

import asyncio
import contextlib
import gc

import pytest
from outgrow import (
    BreakerState,
    Cache,
    CircuitBreaker,
    CircuitOpen,
    Clock,
    ClosedError,
    RateLimited,
    RateLimiter,
)


def test_a_limit_is_taken_when_a_generator_begins():
    limiter = RateLimiter("2/h", clock=Clock.manual())

    @limiter.limit(key=lambda start: "k")
    def count(start):
        yield start
        return (yield start + 1)

    @limiter.limit("k")
    async def count_async():
        yield 3

    async def read():
        return [item async for item in count_async()]

    unread = [count(0) for _ in range(9)]
    assert list(unread[0]) == [0, 1] and asyncio.run(read()) == [3]
    with pytest.raises(RateLimited):
        next(unread[1])
    with pytest.raises(RateLimited):
        asyncio.run(read())


async def turns(count=5):
    """Lets everything that can run do so."""
    for _ in range(count):
        await asyncio.sleep(0)


def test_acquire_waits_by_the_clock():
    async def run():
        clock = Clock.manual()
        limiter = RateLimiter("1/s", clock=clock)
        await limiter.acquire("k")
        waiting = asyncio.create_task(limiter.acquire("k"))
        await turns()
        assert not waiting.done()
        clock.advance(0.5)
        await turns()
        assert not waiting.done()
        clock.advance(0.5)
        await waiting
        with pytest.raises(RateLimited) as late:
            await limiter.acquire("k", timeout=0.9)
        assert late.value.retry_after == 1
        with pytest.raises(RateLimited):
            await limiter.acquire("k", 2)  # more than it ever holds

    asyncio.run(run())


def test_a_limiter_is_no_guard():
    limiter = RateLimiter("5/s")
    with pytest.raises(TypeError, match=r"guards nothing by a RateLimiter: .*try_acquire.*closing"):
        with limiter:
            pass
    with contextlib.closing(limiter):
        assert limiter.try_acquire("k")
    assert limiter.closed
    with pytest.raises(ClosedError), limiter:
        pass


def test_an_acquire_that_is_not_awaited_is_no_condition(recwarn):
    limiter = RateLimiter("1/s")
    with pytest.raises(TypeError) as raised:
        if limiter.acquire("k"):
            pass
    assert str(raised.value) == (
        "RateLimiter.acquire() is to be awaited, and has no truth value: "
        "await it, or ask try_acquire(), which does not wait"
    )
    assert not recwarn.list  # that it was never awaited would be said a second time
    assert limiter.try_acquire("k")  # it took nothing
    forgotten = limiter.acquire("k")
    assert asyncio.iscoroutine(forgotten) and "RateLimiter.acquire" in repr(forgotten)
    with pytest.warns(RuntimeWarning, match="RateLimiter.acquire"):
        del forgotten
        gc.collect()


def test_a_cancelled_acquire_has_taken_nothing():
    async def run():
        clock = Clock.manual()
        limiter = RateLimiter("1/s", clock=clock)
        assert limiter.try_acquire("k")
        waiting = asyncio.create_task(limiter.acquire("k"))
        await turns()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        clock.advance(1)
        await turns()
        assert limiter.try_acquire("k")

    asyncio.run(run())


def test_a_breaker_around_a_block_that_awaits():
    async def run():
        clock = Clock.manual()
        breaker = CircuitBreaker(
            failure_threshold=1, success_threshold=1, open_ms="1s", clock=clock
        )
        with pytest.raises(OSError):
            async with breaker:
                await turns()
                raise OSError
        with pytest.raises(CircuitOpen):
            async with breaker:
                pytest.fail("the block runs")
        clock.advance(1)

        async def hangs():
            async with breaker:
                await asyncio.Event().wait()

        trial = asyncio.create_task(hangs())
        await turns()
        assert breaker.state is BreakerState.HALF_OPEN and breaker.enter() is None
        trial.cancel()
        with pytest.raises(asyncio.CancelledError):
            await trial

        @breaker
        async def works():
            await turns()
            return 7

        assert await works() == 7  # the cancelled call's permit is back
        assert breaker.state is BreakerState.CLOSED

    asyncio.run(run())


def test_one_loads_and_the_others_wait():
    async def run():
        cache = Cache(codec="json", clock=Clock.manual())
        loads, gate = [], asyncio.Event()

        async def load(key):
            loads.append(key)
            await gate.wait()
            return {"of": key}

        asking = [asyncio.create_task(cache.get_or_load("k", load)) for _ in range(10)]
        await turns(20)
        assert loads == ["k"]
        gate.set()
        assert await asyncio.gather(*asking) == [{"of": "k"}] * 10 and loads == ["k"]

    asyncio.run(run())


def test_a_cancelled_load_gives_its_lease_back():
    async def run():
        cache = Cache(clock=Clock.manual())

        async def hangs(key):
            await asyncio.Event().wait()

        async def loads(key):
            return b"value"

        first = asyncio.create_task(cache.get_or_load("k", hangs))
        await turns()
        second = asyncio.create_task(cache.get_or_load("k", loads))
        await turns()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await second == b"value" and cache.stats["leases"] == 0

    asyncio.run(run())
