# SPDX-License-Identifier: Apache-2.0
"""Whole requests through a Service: begin, wait for who loads the key, make the call, end."""

import contextlib

from outgrow import _core
from outgrow._enums import Status
from outgrow._errors import CircuitOpen, ClosedError, ConcurrencyFull, RateLimited, Unavailable
from outgrow._plain import plain
from outgrow._refusals import refused, seconds
from outgrow._waiting import Loading, settled, settled_async, wake

_REFUSED = {
    Status.DENIED: (RateLimited, "over the rate limit"),
    Status.REFUSED: (CircuitOpen, "the circuit breaker of every server is open"),
    Status.NONE: (Unavailable, "no server or node may be chosen"),
    Status.FULL: (ConcurrencyFull, "max_in_flight calls are out"),
}


def _check(ttl):
    """Before the call is made, and not when its value is to be kept."""
    if ttl is not None:
        _core._duration_ns(ttl, "ttl")


def _again(after):
    if after == float("inf"):
        return "; it never passes"
    return f"; try again in {after:.1f} s" if after else ""


def _answer(begun):
    """The value of a request that needs no call."""
    if begun.result in _REFUSED:
        kind, message = _REFUSED[begun.result]
        after = seconds(begun.wait_ns)
        raise refused(kind, f"{message}{_again(after)}", after)
    return begun.value


class _Call:
    """A call that was given a ticket. Leaving it before it has succeeded says that it failed; leaving it wakes who waits
    for its key, with the error of a load."""

    def __init__(self, service, ticket, key, write, ttl):
        self._service, self._ticket, self._key = service, ticket, key
        self._write, self._ttl, self._made = write, ttl, False

    def place(self):
        return self._service.server(self._ticket), self._service.node(self._ticket)

    def _end(self, *args, **kwargs):
        """Closed under the call, there is nothing to tell; what it returned or raised is not lost."""
        with contextlib.suppress(ClosedError):
            self._service._end(self._ticket, *args, **kwargs)

    def succeeded(self, value):
        self._made = True
        if self._write:
            self._end()
            return value
        if value is None:
            self._end(True, absent=True, ttl=self._ttl)
            return None
        try:
            return self._service._end_with(self._ticket, value, self._ttl)  # what a hit would be
        except ClosedError:
            return value
        except BaseException:  # it cannot be cached, but the call was well
            self._end()
            raise

    def _failed(self, error):
        """The error of a load. A read that was cancelled was not made; a write may have been, and its key is invalid."""
        if self._write or isinstance(error, Exception):
            self._end(False)
            return None if self._write else error
        with contextlib.suppress(ClosedError):
            self._service._cancel(self._ticket)
        return None

    def __enter__(self):
        self._loading = None if self._write else Loading(self._service, self._key)
        if self._loading:
            self._loading.__enter__()
        return self

    def __exit__(self, _, error, __):
        shared = None
        try:
            if error is not None and not self._made:
                shared = self._failed(error)
        finally:
            if self._loading:
                self._loading.__exit__()
            wake(self._service, self._key, shared)


def request(service, client, key, write, call, ttl):
    """The answer to a read or write, from the cache or by call(server, node)."""
    _check(ttl)
    begun = service.begin(client, key, write)
    if begun.result == Status.WAIT:
        begun = settled(service, key, lambda: service.begin(client, key, write))
    if begun.result <= 0:
        return _answer(begun)
    with _Call(service, begun.result, key, write, ttl) as made:
        return made.succeeded(plain(call(*made.place()), "the call"))


async def request_async(service, client, key, write, call, ttl):
    """The same for a call that is awaited."""
    _check(ttl)
    begun = service.begin(client, key, write)
    if begun.result == Status.WAIT:
        begun = await settled_async(service, key, lambda: service.begin(client, key, write))
    if begun.result <= 0:
        return _answer(begun)
    with _Call(service, begun.result, key, write, ttl) as made:
        return made.succeeded(await call(*made.place()))
