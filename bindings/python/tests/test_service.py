# SPDX-License-Identifier: Apache-2.0
"""Service.read and write: whole requests, in threads and coroutines."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import outgrow
import pytest
from outgrow import Clock, Service, Status


def value(*_):
    return b"v"


def fails(*_):
    raise ConnectionError("down")


def until(holds):
    for _ in range(10_000):
        if holds():
            return
        time.sleep(0.001)
    raise AssertionError("it never came true")


class Gate:
    """A call that is under way until it is opened."""

    def __init__(self, answer=b"v"):
        self.entered, self.opened, self.answer = threading.Event(), threading.Event(), answer

    def __call__(self, *_):
        self.entered.set()
        self.opened.wait()
        return self.answer


def test_a_request_goes_through_all_layers():
    service = Service(
        servers="a, b",
        limiter={"rate": "6/h"},
        breaker={"failure_threshold": 1, "open_ms": "1h"},
        cache={"ttl_ms": "10s"},
        balancer={"seed": 1},
        replicas={"replicas": 1},
        clock=Clock.manual(),
    )
    calls = []

    def call(server, node):
        calls.append((server, node))
        return b"v"

    assert service.read("me", "k", call) == service.read("me", "k", call) == b"v"
    assert calls == [(0, 1)], "the second is cached"
    assert service.write("me", "k", lambda server, node: (server, node))[1] == 0, (
        "writes go to the primary"
    )
    assert service.read("me", "none", lambda *_: None) is None
    for _ in range(2):
        with pytest.raises(ConnectionError):
            service.read("me", "bad", fails)
    with pytest.raises(outgrow.RateLimited) as limited:
        service.read("me", "k", call)
    assert limited.value.retry_after == 600
    with pytest.raises(outgrow.CircuitOpen) as opened:
        service.read("you", "x", call)
    assert opened.value.retry_after == 3600
    assert service.stats["failures"] == 2 and service.stats["absences"] == 0
    assert len(calls) == 1


def test_absences_and_times_to_live_are_cached():
    clock = Clock.manual()
    service = Service(cache={"negative_ttl_ms": "1s"}, clock=clock)
    assert service.read("", "gone", lambda *_: None) is None
    assert service.read("", "gone", fails) is None
    assert service.read("", "short", value, ttl=2) == service.read("", "short", fails) == b"v"
    clock.advance(2)
    with pytest.raises(ConnectionError):
        service.read("", "short", fails)
    with pytest.raises(ConnectionError):
        service.read("", "gone", fails)


def test_who_waits_for_anothers_load_asks_once_and_pays_once():
    service = Service(limiter={"rate": "4/h"}, cache={"lease_ms": "1h"}, clock=Clock.manual())
    gate = Gate()
    with ThreadPoolExecutor(4) as threads:
        reads = [threads.submit(service.read, "me", "k", gate)]
        gate.entered.wait()
        reads += [threads.submit(service.read, "me", "k", fails) for _ in range(3)]
        until(
            lambda: service.stats["waits"] == 6
        )  # once, and again when it is on the list of those to wake
        gate.opened.set()
        assert [read.result() for read in reads] == [b"v"] * 4
    assert service.stats["waits"] == 6
    with pytest.raises(outgrow.RateLimited):
        service.read("me", "k", fails)


@pytest.mark.parametrize("write", [False, True])
def test_a_load_that_fails_and_a_write_end_the_wait(write):
    service = Service(cache={"lease_ms": "1h"}, clock=Clock.manual())
    gate = Gate(answer="text is no bytes") if not write else Gate(b"old")
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(service.read, "", "k", gate)
        gate.entered.wait()
        second = threads.submit(service.read, "", "k", lambda *_: b"new")
        until(lambda: service.stats["waits"] == 2)
        if write:
            service.write("", "k", value)
            assert second.result() == b"new"
        gate.opened.set()
        if not write:
            with pytest.raises(TypeError):
                first.result()
        assert second.result() == b"new"
    assert service.read("", "k", fails) == b"new"
    assert service.stats["failures"] == 0, (
        "a call whose value cannot be cached was well all the same"
    )


def test_what_the_call_returned_or_raised_is_not_lost_when_the_service_is_closed():
    for call, wanted in [(value, None), (fails, ConnectionError)]:
        service = Service(servers="a", cache={"ttl_ms": "1h"})

        def closing(*place, service=service, call=call):
            service.close()
            return call(*place)

        if wanted is None:
            assert service.read("", "k", closing) == b"v"
        else:
            with pytest.raises(wanted):
                service.read("", "k", closing)


def test_no_server_no_room_and_no_call_are_told_apart():
    service = Service(servers="a", max_in_flight=1)
    ticket = service.begin().result
    with pytest.raises(outgrow.ConcurrencyFull):
        service.read("", "k", value)
    service.cancel(ticket)
    service.endpoints.set_healthy(0, False)
    with pytest.raises(outgrow.Unavailable) as none:
        service.read("", "k", value)
    assert none.value.status == Status.NONE and none.value.retry_after == 0
    service.endpoints.set_healthy(0, True)
    forced = Service(breaker={"failure_threshold": 1})
    forced.breaker().force_open()
    with pytest.raises(outgrow.CircuitOpen) as opened:
        forced.read("", "k", value)
    assert opened.value.retry_after == float("inf")
    with pytest.raises(TypeError, match="call must be callable, not bytes"):
        service.read("", "k", b"v")

    async def late():
        return b"v"

    with pytest.raises(TypeError, match="the call returned an awaitable: give an async function"):
        Service().read("", "k", lambda *_: late())


def test_coroutines_wait_and_a_cancelled_one_hands_its_load_on():
    async def run():
        service = Service(limiter={"rate": "3/h"}, cache={"lease_ms": "1h"}, clock=Clock.manual())
        entered = asyncio.Event()

        async def forever(*_):
            entered.set()
            await asyncio.Event().wait()

        async def call(*_):
            return b"v"

        first = asyncio.create_task(service.read("me", "k", forever))
        await entered.wait()
        others = [asyncio.create_task(service.read("me", "k", call)) for _ in range(2)]
        while service.stats["waits"] < 4:
            await asyncio.sleep(0)
        first.cancel()
        assert await asyncio.gather(*others) == [b"v", b"v"]
        assert service.stats["cancelled"] == 1 and service.stats["failures"] == 0
        with pytest.raises(outgrow.RateLimited):
            await service.read("me", "k", call)
        assert await service.write("you", "k", call) == b"v"
        return service

    service = asyncio.run(run())
    assert service.stats["invalidations"] == 1


def test_a_cancelled_write_may_have_been_made():
    async def run():
        service = Service(cache={"ttl_ms": "1h"})
        service.read("", "k", value)
        entered = asyncio.Event()

        async def forever(*_):
            entered.set()
            await asyncio.Event().wait()

        write = asyncio.create_task(service.write("", "k", forever))
        await entered.wait()
        write.cancel()
        with pytest.raises(asyncio.CancelledError):
            await write
        assert service.stats["failures"] == 1 and service.stats["invalidations"] == 1
        assert service.read("", "k", lambda *_: b"after") == b"after"

    asyncio.run(run())


def test_a_bad_time_to_live_is_found_before_the_call():
    service = Service(cache={"ttl_ms": "1h"})
    with pytest.raises(ValueError, match="ttl"):
        service.read("", "k", fails, ttl=-5)
    assert service.stats["begun"] == 0


@pytest.mark.parametrize(
    "end",
    [
        lambda service, ticket: service.end(ticket, value=b"v"),
        lambda service, ticket: service.cancel(ticket),
        lambda service, ticket: service.clock.advance(2),  # past call_ms
        lambda service, ticket: service.close(),
    ],
)
def test_whatever_ends_a_load_in_parts_is_seen_by_who_waits(end):
    service = Service(cache={"lease_ms": "1h"}, call_ms="1s", clock=Clock.manual())
    ticket = service.begin("", "k").result
    with ThreadPoolExecutor(1) as threads:
        read = threads.submit(service.read, "", "k", value)
        until(lambda: service.stats["waits"] == 2)
        end(service, ticket)
        if service.closed:
            with pytest.raises(outgrow.ClosedError):
                read.result(10)
        else:
            assert read.result(10) == b"v"
