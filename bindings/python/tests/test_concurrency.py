# SPDX-License-Identifier: Apache-2.0
"""What is Python's own of concurrency limiters: blocks, decorators, tasks, forks."""

import asyncio
import contextlib
import os
import threading

import outgrow
import pytest
from outgrow import Clock, ConcurrencyFull, ConcurrencyLimiter, Scope


def test_a_block_holds_a_permit_however_it_ends():
    limiter = ConcurrencyLimiter(1)
    with limiter as same:
        assert same is limiter and limiter.in_flight() == 1
        with pytest.raises(ConcurrencyFull, match="in flight") as caught:
            with limiter:
                pytest.fail("the block runs")
        assert caught.value.status is outgrow.Status.FULL and caught.value.retry_after == 0
        assert isinstance(caught.value, outgrow.Refused) and isinstance(caught.value, outgrow.Full)
    with pytest.raises(KeyboardInterrupt):
        with limiter:
            raise KeyboardInterrupt
    assert limiter.in_flight() == 0
    with contextlib.ExitStack() as stack:
        stack.enter_context(limiter)
        assert limiter.in_flight() == 1
    assert limiter.in_flight() == 0
    assert dict(limiter.stats) == {
        "admitted": 3,
        "refused": 1,
        "lapsed": 0,
        "expired": 0,
        "orphaned": 0,
        "unattached": 0,
    }


def test_a_decorated_function_holds_a_permit_while_it_runs():
    limiter = ConcurrencyLimiter(2)

    @limiter
    def depth(left):
        return limiter.in_flight() if left == 0 else depth(left - 1)

    @limiter
    def lines():
        yield limiter.in_flight()

    assert depth(1) == 2 and depth.__name__ == "depth"
    with pytest.raises(ConcurrencyFull):
        depth(2)
    assert limiter.in_flight() == 0
    running = lines()
    assert limiter.in_flight() == 0 and next(running) == 1
    running.close()
    assert limiter.in_flight() == 0
    assert limiter.call(max, 3, 4) == 4
    with pytest.raises(ZeroDivisionError):
        limiter.call(lambda: 1 // 0)
    assert limiter.in_flight() == 0


def test_a_cancelled_task_returns_its_permit():
    async def run():
        limiter = ConcurrencyLimiter(2)

        @limiter
        async def hangs():
            await asyncio.Event().wait()

        async def hangs_inside():
            async with limiter:
                await asyncio.Event().wait()

        tasks = [asyncio.create_task(hangs()), asyncio.create_task(hangs_inside())]
        await asyncio.sleep(0)
        assert limiter.in_flight() == 2
        with pytest.raises(ConcurrencyFull):
            await limiter.call(hangs)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assert limiter.in_flight() == 0

    asyncio.run(run())


def test_a_forgotten_permit_comes_back_in_time():
    clock = Clock.manual()
    limiter = ConcurrencyLimiter(limit=1, permit_ms="1s", clock=clock)
    permit = limiter.enter()
    clock.advance(0.999)
    assert limiter.enter() is None
    clock.advance(0.001)
    assert limiter.enter() is not None and limiter.exit(permit) is False
    assert limiter.stats["expired"] == 1 and limiter.limit == 1


def test_threads_are_never_more_than_the_limit():
    limiter, inside, most = ConcurrencyLimiter(3), set(), 0

    def work():
        nonlocal most
        for _ in range(2000):
            with contextlib.suppress(ConcurrencyFull), limiter:
                inside.add(threading.get_ident())
                most = max(most, len(inside))
                inside.discard(threading.get_ident())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= most <= 3 and limiter.in_flight() == 0


def test_processes_share_and_the_dead_hold_nothing():
    name = f"/outgrow-python-concurrency-{os.getpid()}"
    scope = Scope.host(name)
    try:
        limiter = ConcurrencyLimiter(2, scope=scope, name="backend")
        held = limiter.enter()
        child = os.fork()
        if child == 0:  # ends with its permit in hand
            os._exit(
                0 if limiter.enter() and limiter.enter() is None and not limiter.exit(held) else 1
            )
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert limiter.in_flight() == 1 and limiter.stats["orphaned"] == 1 and limiter.exit(held)
    finally:
        Scope.remove(name)


def test_bad_input_names_its_culprit():
    for make, culprit in (
        (ConcurrencyLimiter, "limit"),
        (lambda: ConcurrencyLimiter(0), "limit"),
        (lambda: ConcurrencyLimiter(1, permit_ms=-1), "permit_ms"),
        (lambda: ConcurrencyLimiter(1, permt_ms=1), "permit_ms"),
    ):
        with pytest.raises(outgrow.OutgrowError, match=culprit):
            make()
    for permit in (None, "1", 0, -5):
        with pytest.raises((TypeError, outgrow.InvalidArgument)):
            ConcurrencyLimiter(1).exit(permit)
