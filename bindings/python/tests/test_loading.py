# SPDX-License-Identifier: Apache-2.0
"""Loads that fail, that ask for themselves, and what they give: for threads and tasks, of caches and services."""

import asyncio
import threading

import pytest
from outgrow import Cache, CircuitBreaker, RateLimiter, Service, Status

MANY = 20


def read(cache, key, load):
    return cache.get_or_load(key, load)


def serve(service, key, load):
    return service.read("client", key, lambda server, node: load(key))


async def read_async(cache, key, load):
    async def later(key):
        return await load(key)

    return await cache.get_or_load(key, later)


async def serve_async(service, key, load):
    async def call(server, node):
        return await load(key)

    return await service.read("client", key, call)


MAKES = {
    "cache": lambda: Cache(lease_ms="1h", codec="json"),
    "service": lambda: Service(cache={"lease_ms": "1h"}, call_ms="1h", codec="json"),
}
READS = {"cache": read, "service": serve}
ASYNC_READS = {"cache": read_async, "service": serve_async}


def waiters(noun):
    return sum(map(len, list(noun._waiting.values())))


@pytest.mark.parametrize("which", MAKES)
def test_threads_that_wait_share_the_error_of_the_load(which):
    noun, get = MAKES[which](), READS[which]
    calls, raised = [], []

    def load(key):
        calls.append(key)
        while waiters(noun) < MANY:
            pass
        raise OSError("down")

    def run():
        try:
            get(noun, "k", load)
        except OSError as error:
            raised.append(error)

    threads = [threading.Thread(target=run) for _ in range(MANY + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == ["k"] and len(raised) == MANY + 1 and not noun._waiting
    assert get(noun, "k", lambda key: "well") == "well"  # whoever comes later loads again


@pytest.mark.parametrize("which", MAKES)
def test_tasks_that_wait_share_the_error_of_the_load(which):
    async def run():
        noun, get = MAKES[which](), ASYNC_READS[which]
        calls = []

        async def load(key):
            calls.append(key)
            while waiters(noun) < MANY:
                await asyncio.sleep(0)
            raise OSError("down")

        ends = await asyncio.gather(
            *(get(noun, "k", load) for _ in range(MANY + 1)), return_exceptions=True
        )
        assert calls == ["k"] and [type(end) for end in ends] == [OSError] * (MANY + 1)

        async def well(key):
            return "well"

        assert await get(noun, "k", well) == "well" and not noun._waiting

    asyncio.run(run())


@pytest.mark.parametrize("which", MAKES)
def test_who_waits_for_a_load_that_is_cancelled_loads_itself(which):
    async def run():
        noun, get = MAKES[which](), ASYNC_READS[which]
        begun = asyncio.Event()

        async def hangs(key):
            begun.set()
            await asyncio.Event().wait()

        async def well(key):
            return "well"

        first = asyncio.create_task(get(noun, "k", hangs))
        await begun.wait()
        others = [asyncio.create_task(get(noun, "k", well)) for _ in range(MANY)]
        while waiters(noun) < MANY:
            await asyncio.sleep(0)
        first.cancel()
        assert await asyncio.gather(*others) == ["well"] * MANY
        with pytest.raises(asyncio.CancelledError):
            await first

    asyncio.run(run())


@pytest.mark.parametrize("which", MAKES)
def test_a_load_that_asks_for_its_own_key_is_told_so(which):
    noun, get, get_async = MAKES[which](), READS[which], ASYNC_READS[which]
    with pytest.raises(RuntimeError, match="the load of key 'k' asks for its own key"):
        get(noun, "k", lambda key: get(noun, key, lambda _: "inner"))
    with pytest.raises(RuntimeError, match="'a' asks for its own key"):  # by way of another's
        get(noun, "a", lambda _: get(noun, "b", lambda _: get(noun, "a", lambda _: "inner")))
    assert get(noun, "k", lambda key: get(noun, "other", lambda _: "inner")) == "inner"

    async def run():
        async def own(key):
            return await asyncio.create_task(get_async(noun, "x", own))

        with pytest.raises(RuntimeError, match="'x' asks for its own key"):
            await get_async(noun, "x", own)

        later = []

        async def leaves(key):
            async def ask():
                await asyncio.sleep(0)
                return await get_async(noun, "y", leaves)

            later.append(asyncio.create_task(ask()))
            return "well"

        assert await get_async(noun, "y", leaves) == "well" and await later[0] == "well"

    asyncio.run(run())


@pytest.mark.parametrize("which", MAKES)
@pytest.mark.parametrize(
    "codec, value, hit",
    [
        ("json", ("a", 1), ["a", 1]),
        ("json", {1: "a"}, {"1": "a"}),
        ("bytes", bytearray(b"v"), b"v"),
    ],
)
def test_a_miss_gives_what_the_hit_will(which, codec, value, hit):
    make = {
        "cache": lambda: Cache(codec=codec),
        "service": lambda: Service(cache={"ttl_ms": "1h"}, codec=codec),
    }
    for get in (READS[which], lambda *given: asyncio.run(ASYNC_READS[which](*given))):
        noun = make[which]()

        def load(key):
            return value

        async def later(key):
            return value

        load = load if get is READS[which] else later
        answers = [get(noun, "k", load), get(noun, "k", load)]
        assert answers == [hit, hit] and list(map(type, answers)) == [type(hit)] * 2


async def later(*_):
    return b"v"


class AsyncEncode:
    async def encode(self, value):
        return b"v"

    def decode(self, data):
        return data


class AsyncDecode:
    def encode(self, value):
        return b"v"

    async def decode(self, data):
        return data


@pytest.mark.parametrize(
    "make, fault",
    [
        (lambda: Cache(codec=AsyncEncode()), "codec.encode is async"),
        (lambda: Cache(codec=AsyncDecode()), "codec.decode is async"),
        (lambda: Service(codec=AsyncDecode()), "codec.decode is async"),
        (lambda: Cache().cached(key=later)(len), "the key function is async"),
        (lambda: RateLimiter("1/s").limit(key=later)(len), "the key function is async"),
    ],
)
def test_what_is_called_as_a_plain_function_is_not_async(make, fault):
    with pytest.raises(TypeError, match=fault):
        make()


class LateCodec:
    def encode(self, value):
        return later() if value == "encode" else b"v"

    def decode(self, data):
        return later()


def test_what_comes_back_is_not_to_be_awaited():
    cache = Cache(codec=LateCodec())
    for call, fault in (
        (lambda: cache.set("k", "encode"), "codec.encode returned an awaitable"),
        (lambda: cache.set("k", 1) and cache.get("k"), "codec.decode returned an awaitable"),
        (lambda: Cache().get_or_load("k", lambda key: later()), "the loader returned an awaitable"),
        (
            lambda: Cache().cached(key=lambda: later())(int)(),
            "the key function returned an awaitable",
        ),
        (
            lambda: RateLimiter("1/s").limit(key=lambda: later())(int)(),
            "the key function returned an awaitable",
        ),
        (
            lambda: next(RateLimiter("1/s").limit(key=lambda: later())(generator)()),
            "the key function returned",
        ),
        (
            lambda: asyncio.run(Cache().cached(key=lambda: later())(later)()),
            "the key function returned",
        ),
    ):
        with pytest.raises(TypeError, match=fault):
            call()


def generator():
    yield 1


@pytest.mark.parametrize(
    "ignore", ["x", 1, (OSError, "x"), [OSError], OSError(), (object,), object]
)
def test_ignore_is_exception_classes(ignore):
    with pytest.raises(TypeError, match="ignore must be an exception class or a tuple of them"):
        CircuitBreaker(ignore=ignore)


def test_ignored_errors_are_no_failures():
    for ignore in (OSError, (OSError, KeyError), ()):
        CircuitBreaker(ignore=ignore)
    assert Status.OK == 0
