# SPDX-License-Identifier: Apache-2.0
"""Who waits for a limiter is served in the order of the calls, gives its turn back, and needs no thread."""

import asyncio
import os
import signal
import subprocess
import sys
import threading

import outgrow
import pytest
from outgrow import Clock, RateLimited, RateLimiter, Scope


async def turns(count=5):
    for _ in range(count):
        await asyncio.sleep(0)


def drained(rate="10/s", burst=10, **options):
    clock = Clock.manual()
    limiter = RateLimiter(rate, burst=burst, clock=clock, **options)
    assert limiter.try_acquire("k", burst)
    return clock, limiter


def test_waiters_pass_in_the_order_in_which_they_came():
    async def run():
        clock, limiter = drained()
        passed = []

        async def one(name, cost):
            await limiter.acquire("k", cost)
            passed.append(name)

        tasks = [asyncio.create_task(one(i, 1 + i % 3)) for i in range(30)]
        await turns()
        for _ in range(100):
            clock.advance(0.1)
            await turns()
        await asyncio.gather(*tasks)
        assert passed == list(range(30))

    asyncio.run(run())


def test_a_large_cost_does_not_starve():
    """With small ones that come all the time: who asks again when it could pass finds that they have taken it."""

    async def run():
        clock, limiter = drained()
        large = asyncio.create_task(limiter.acquire("k", 10))
        await turns()
        small, waiting = 0, set()
        for tick in range(10):
            assert not large.done(), tick
            for _ in range(3):
                waiting.add(asyncio.create_task(limiter.acquire("k")))
                small += limiter.try_acquire("k")
            await turns()
            clock.advance(0.1)
            await turns()
        assert large.done()
        assert small == 0
        for task in waiting:
            task.cancel()

    asyncio.run(run())


def test_who_is_cancelled_gives_its_turn_back():
    async def run():
        clock, limiter = drained("1/s", 1)
        tasks = [asyncio.create_task(limiter.acquire("k")) for _ in range(3)]
        await turns()
        assert limiter.peek("k") == 4
        for task in reversed(tasks[1:]):
            task.cancel()
            await turns()
        assert limiter.peek("k") == 2
        clock.advance(1)
        await tasks[0]
        assert limiter.peek("k") == 1

    asyncio.run(run())


def test_ten_thousand_wait_without_a_thread_each():
    async def run():
        clock, limiter = drained("10000/s", 1)
        before = threading.active_count()
        tasks = [asyncio.create_task(limiter.acquire("k")) for _ in range(10_000)]
        await turns()
        assert threading.active_count() == before
        clock.advance(0.5)
        await turns()
        assert sum(task.done() for task in tasks) == 5000
        clock.advance(0.5)
        await asyncio.gather(*tasks)

    asyncio.run(run())


def test_a_thread_waits_and_gives_up():
    limiter = RateLimiter("20/s", burst=1)
    limiter.wait("k")
    limiter.wait("k", timeout=10)
    with pytest.raises(RateLimited) as raised:
        limiter.wait("k", timeout=0)
    assert 0 < raised.value.retry_after <= 0.05
    slow = RateLimiter("1/h", burst=1, max_wait_ms="90min")
    slow.wait("k")
    slot = slow.reserve_slot("k")
    assert slot.wait_ns == 0 and 3500e9 < slot.after_ns <= 3600e9
    with pytest.raises(RateLimited) as raised:
        slow.wait("k")
    assert 7000 < raised.value.retry_after <= 7200
    assert slow.cancel_slot(slot.number, "k")
    assert not slow.cancel_slot(slot.number, "k")


@pytest.mark.parametrize(
    "options",
    [
        {"policy": "sliding_window"},
        {"policy": "fixed_window"},
        {"policy": "sliding_counter"},
        {"plans": "pro=20/s", "plan_keys": 8},
        {"rate": "2/s, 100/h"},
    ],
    ids=lambda options: next(iter(options.values())),
)
def test_of_windows_plans_and_several_rates_too_who_came_first_passes_first(options):
    clock = Clock.manual()
    limiter = RateLimiter(**{"rate": "2/s", **options}, clock=clock)

    async def run():
        passed = []

        async def one(name, cost):
            await limiter.acquire("k", cost)
            passed.append(name)

        costs = [1, 1, 1, 2, 1, 1, 2, 1]
        tasks = [asyncio.create_task(one(i, cost)) for i, cost in enumerate(costs)]
        await turns()
        assert len(passed) == 2
        tasks[-1].cancel()
        for _ in range(300):
            clock.advance(0.1)
            await turns(8)
        await asyncio.gather(*tasks[:-1])
        assert passed == list(range(7))

    asyncio.run(run())
    limiter.reserve_slot("k", 2)
    with pytest.raises(RateLimited):
        limiter.wait("k", timeout=0.001)


def test_a_sketch_has_no_turns_and_is_asked_again():
    clock = Clock.manual()
    limiter = RateLimiter("2/s", policy="count_min", clock=clock)
    with pytest.raises(outgrow.Unsupported):
        limiter.reserve_slot("k")

    async def run():
        waiting = [asyncio.create_task(limiter.acquire("k")) for _ in range(4)]
        await turns()
        assert sum(task.done() for task in waiting) == 2
        clock.advance(2)
        await asyncio.gather(*waiting)

    asyncio.run(run())


WAITER = """
import sys
from outgrow import RateLimiter, Scope
limiter = RateLimiter("1/h", burst=1, scope=Scope.host(sys.argv[1]), name="slots")
slot = limiter.reserve_slot("k")
print(slot.after_ns, flush=True)
limiter.wait("k")
"""


@pytest.fixture
def segment():
    name = f"/outgrow-python-test-order-{os.getpid()}"
    yield name
    if name in Scope.list():
        Scope.remove(name)


def test_a_killed_waiter_costs_its_own_turn_and_no_more(segment):
    scope = Scope.host(segment)
    limiter = RateLimiter("1/h", burst=1, scope=scope, name="slots")
    assert limiter.try_acquire("k")
    child = subprocess.Popen([sys.executable, "-c", WAITER, segment], stdout=subprocess.PIPE)
    assert 0 < int(child.stdout.readline()) <= 3600e9
    deadline = 1000
    while limiter.peek("k") <= 2 * 3600 and deadline:  # until it waits
        deadline -= 1
        threading.Event().wait(0.01)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert 2 * 3600 < limiter.peek("k") <= 3 * 3600
    slot = limiter.reserve_slot("k")
    assert 2 * 3600e9 < slot.after_ns <= 3 * 3600e9
