# SPDX-License-Identifier: Apache-2.0
"""Guards over functions whose body runs later: as undecorated to whoever drives them. And whose permit a
block returns, whoever enters and leaves it."""

import asyncio
import contextlib
import copy
import inspect
import pickle
import threading

import pytest
from outgrow import BreakerState, Cache, CircuitBreaker, Clock, ConcurrencyLimiter, RateLimiter

WAYS = {
    "undecorated": lambda function: function,
    "breaker": lambda function: CircuitBreaker()(function),
    "limiter": lambda function: ConcurrencyLimiter(9)(function),
    "limit": lambda function: RateLimiter("99/s").limit()(function),
}


@pytest.fixture(params=WAYS)
def guarded(request):
    return WAYS[request.param]


async def each(events):
    """Sends back what it is sent, and survives a KeyError."""
    sent = None
    try:
        while True:
            try:
                sent = yield ("got", sent)
            except KeyError as error:
                events.append(f"caught {error}")
                sent = "after"
            if sent == "end":
                return
    finally:
        events.append("finally")


def each_plain(events):
    sent = None
    try:
        while True:
            try:
                sent = yield ("got", sent)
            except KeyError as error:
                events.append(f"caught {error}")
                sent = "after"
            if sent == "end":
                return "value"
    finally:
        events.append("finally")


def test_an_async_generator_is_driven_as_undecorated(guarded):
    async def run():
        events = []
        function = guarded(each)
        assert inspect.isasyncgenfunction(function) and function.__name__ == "each"
        generator = function(events)
        assert await generator.asend(None) == ("got", None)
        assert await generator.asend(5) == ("got", 5)
        assert await generator.athrow(KeyError("k")) == ("got", "after")
        assert events == ["caught 'k'"]
        await generator.aclose()
        assert events == ["caught 'k'", "finally"]
        await generator.aclose()
        with pytest.raises(StopAsyncIteration):
            await generator.asend(1)

        generator = function(events := [])
        await generator.__anext__()
        with pytest.raises(StopAsyncIteration):
            await generator.asend("end")
        assert events == ["finally"]

        generator = function(events := [])
        await generator.__anext__()
        with pytest.raises(OSError):
            await generator.athrow(OSError())
        assert events == ["finally"]

        seen = []
        async with contextlib.aclosing(function(events := [])) as generator:
            async for item in generator:
                seen.append(item)
                break
        assert seen == [("got", None)] and events == ["finally"]

        with pytest.raises(ValueError):
            await function([]).athrow(ValueError())  # before it has begun

    asyncio.run(run())


def test_a_generator_is_driven_as_undecorated(guarded):
    events = []
    function = guarded(each_plain)
    assert inspect.isgeneratorfunction(function)
    generator = function(events)
    assert [next(generator), generator.send(5)] == [("got", None), ("got", 5)]
    assert generator.throw(KeyError("k")) == ("got", "after")
    with pytest.raises(StopIteration) as stopped:
        generator.send("end")
    assert stopped.value.value == "value" and events == ["caught 'k'", "finally"]
    generator = function(events := [])
    next(generator)
    generator.close()
    assert events == ["finally"]


def test_an_async_generator_holds_its_permit_until_it_ends():
    async def run():
        limiter, breaker = ConcurrencyLimiter(1), CircuitBreaker(failure_threshold=1)
        generator = limiter(each)([])
        assert limiter.in_flight() == 0
        await generator.__anext__()
        assert limiter.in_flight() == 1
        await generator.aclose()
        assert limiter.in_flight() == 0
        generator = breaker(each)([])
        await generator.__anext__()
        await generator.aclose()
        assert breaker.state is BreakerState.CLOSED  # left alone, it has not failed
        generator = breaker(each)([])
        await generator.__anext__()
        with pytest.raises(OSError):
            await generator.athrow(OSError())
        assert breaker.state is BreakerState.OPEN

    asyncio.run(run())


def expiring():
    """A limiter whose permits are told apart by when they expire."""
    clock = Clock.manual()
    return clock, ConcurrencyLimiter(9, permit_ms="10s", clock=clock)


def test_stacks_of_two_tasks_return_their_own_permits():
    async def run():
        clock, limiter = expiring()
        first_in, second_in, first_out = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def first():
            async with contextlib.AsyncExitStack() as stack:
                await stack.enter_async_context(limiter)
                first_in.set()
                await second_in.wait()
            first_out.set()

        async def second():
            await first_in.wait()
            clock.advance(6)
            async with contextlib.AsyncExitStack() as stack:
                await stack.enter_async_context(limiter)
                second_in.set()
                await first_out.wait()
                clock.advance(6)  # the first one's would have expired by now, this one's has not
                assert limiter.in_flight() == 1
            assert limiter.in_flight() == 0

        await asyncio.gather(first(), second())
        assert limiter.stats["lapsed"] == limiter.stats["expired"] == 0

    asyncio.run(run())


def test_stacks_that_are_closed_out_of_order_return_their_own_permits():
    clock, limiter = expiring()
    first, second = contextlib.ExitStack(), contextlib.ExitStack()
    first.enter_context(limiter)
    clock.advance(6)
    second.enter_context(limiter)
    first.close()
    clock.advance(6)
    assert limiter.in_flight() == 1  # the younger is still there
    second.close()
    assert limiter.in_flight() == 0 and limiter.stats["lapsed"] == limiter.stats["expired"] == 0


def test_a_stack_may_be_closed_in_another_thread():
    clock, limiter = expiring()
    stacks = [contextlib.ExitStack() for _ in range(3)]

    def enter(stack):
        stack.enter_context(limiter)
        clock.advance(4)

    for stack in stacks:
        thread = threading.Thread(target=enter, args=(stack,))
        thread.start()
        thread.join()
    stacks[0].close()  # at 12 s: its own has expired, of the others only the second will by 14 s
    assert limiter.in_flight() == 2
    with limiter:
        stacks[1].close()
        assert limiter.in_flight() == 2
    stacks[2].close()
    assert limiter.in_flight() == 0
    assert limiter.stats["expired"] == 1 and limiter.stats["lapsed"] == 1


def test_a_stack_that_is_dropped_gives_its_permit_back():
    limiter = ConcurrencyLimiter(1)
    stack = contextlib.ExitStack()
    stack.enter_context(limiter)
    assert limiter.in_flight() == 1
    del stack
    assert limiter.in_flight() == 0


def test_generators_in_one_thread_return_their_own_permits():
    clock, limiter = expiring()

    def inside():
        with limiter:
            yield

    first, second = inside(), inside()
    next(first)
    clock.advance(6)
    next(second)
    first.close()
    clock.advance(6)
    assert limiter.in_flight() == 1
    second.close()
    assert limiter.in_flight() == 0 and limiter.stats["expired"] == 0


class Delegating:
    """A context manager of one's own that calls the guard's by hand."""

    def __init__(self, guard):
        self._guard = guard

    def __enter__(self):
        return self._guard.__enter__()

    def __exit__(self, *exception):
        return self._guard.__exit__(*exception)


def test_by_hand_each_thread_and_task_returns_its_own():
    async def run():
        clock, limiter = expiring()
        entered, leave = asyncio.Event(), asyncio.Event()

        async def other():
            with Delegating(limiter):
                entered.set()
                await leave.wait()

        task = asyncio.create_task(other())
        await entered.wait()
        clock.advance(6)
        with Delegating(limiter):
            leave.set()
            await task
            clock.advance(6)
            assert limiter.in_flight() == 1
        assert limiter.in_flight() == 0 and limiter.stats["expired"] == 0

    asyncio.run(run())


def test_by_hand_in_another_thread_is_right_or_refused():
    limiter = ConcurrencyLimiter(2)

    def elsewhere(act):
        caught = []

        def run():
            try:
                act()
            except RuntimeError as error:
                caught.append(str(error))

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        return caught

    limiter.__enter__()
    assert elsewhere(lambda: limiter.__exit__(None, None, None)) == [] and limiter.in_flight() == 0
    limiter.__enter__()
    assert elsewhere(limiter.__enter__) == [] and limiter.in_flight() == 2
    refused = elsewhere(lambda: limiter.__exit__(None, None, None))
    assert (
        len(refused) == 1
        and "ConcurrencyLimiter" in refused[0]
        and "enter() and exit()" in refused[0]
    )
    assert limiter.in_flight() == 2
    limiter.__exit__(None, None, None)
    assert limiter.in_flight() == 1


def test_a_block_inside_a_stack_and_a_subclass():
    class Own(ConcurrencyLimiter):
        def __enter__(self):
            return super().__enter__()

    class Both(Own):
        def __exit__(self, *exception):
            return super().__exit__(*exception)

    for kind in (ConcurrencyLimiter, Own, Both):
        limiter = kind(3)
        with contextlib.ExitStack() as stack:
            with limiter:
                stack.enter_context(limiter)
                with limiter:
                    assert limiter.in_flight() == 3
            assert limiter.in_flight() == 1
        assert limiter.in_flight() == 0
    assert (
        "permit" in ConcurrencyLimiter.__exit__.__doc__
        and ConcurrencyLimiter(1).__exit__.__name__ == "__exit__"
    )
    for wrong in ((), (None,), (1, 2, 3, 4)):
        with pytest.raises(TypeError, match="__exit__"):
            ConcurrencyLimiter(1).__exit__(*wrong)
    with pytest.raises(TypeError, match="__exit__"):
        ConcurrencyLimiter.__exit__(CircuitBreaker(), None, None, None)


breaker, limiter = CircuitBreaker(), RateLimiter("99/s")
cache = Cache(codec="json")


@breaker
def guarded_function(x):
    return x + 1


@limiter.limit()
def limited_function(x):
    return x + 1


@cache.cached()
def cached_function(x):
    return x + 1


@breaker
def guarded_generator(x):
    yield x + 1


class Methods:
    @breaker
    def method(self, x):
        return x + 1

    def __eq__(self, other):
        return isinstance(other, Methods)


@pytest.mark.parametrize(
    "function",
    [guarded_function, limited_function, cached_function, guarded_generator, Methods.method],
)
def test_a_decorated_function_is_pickled_by_name(function):
    assert pickle.loads(pickle.dumps(function)) is function
    assert copy.copy(function) is copy.deepcopy(function) is function
    assert function.__module__ == __name__ and function.__qualname__.endswith(function.__name__)


def test_a_decorated_method_of_an_object_is_pickled():
    assert pickle.loads(pickle.dumps(Methods().method))(1) == 2
