# SPDX-License-Identifier: Apache-2.0
"""What the nouns' classes have beside the module's own methods: waiting, decorators, stats."""

import functools
import inspect

from outgrow import _awaited, _core, _guards, _loading, _plain, _reserving, _serving, _sleeping
from outgrow._enums import STATS
from outgrow._errors import Unsupported
from outgrow._refusals import limited, seconds
from outgrow._stats import Stats


def _adds_to(noun):
    """Moves the members of a class below into a class of the module."""

    def move(members):
        for name, member in vars(members).items():
            if callable(member):
                member.__qualname__ = f"{noun.__name__}.{name}"
            if name not in ("__module__", "__dict__", "__weakref__", "__doc__", "__qualname__"):
                setattr(noun, name, member)

    return move


def _stats(which):
    doc = f"The numbers of {which.__name__} by their names, read anew each time."
    return property(lambda noun: Stats(noun, which), doc=doc)


for _name, _which in STATS.items():
    getattr(_core, _name).stats = _stats(_which)


class _Turn:
    """Of who waits: its turn among the others, which it gives back where it does not wait for it. RateLimited when that
    is further away than timeout."""

    def __init__(self, limiter, key, cost, timeout):
        self._limiter, self._key, self._cost = limiter, key, cost
        slot = limiter.reserve_slot(key, cost, timeout)
        if slot.wait_ns:
            raise limited(limiter, seconds(slot.wait_ns))
        self._number = slot.number
        self._due = _sleeping.now_ns(limiter.clock) + slot.after_ns if slot.after_ns else 0

    def left(self):
        """How long until it comes, in ns."""
        return max(0, self._due - _sleeping.now_ns(self._limiter.clock)) if self._due else 0

    def cancel(self):
        self._limiter.cancel_slot(self._number, self._key, self._cost)


class _Attempts:
    """Of who waits where no turns are given, as in a fleet: whoever asks first when there is room passes."""

    def __init__(self, limiter, key, cost, timeout):
        self._limiter, self._key, self._cost = limiter, key, cost
        self._until = None
        if timeout is not None:
            self._until = _sleeping.now_ns(limiter.clock) + _core._duration_ns(timeout, "timeout")

    def left(self):
        """0 when it passed, else how long to wait; RateLimited when that is too long."""
        limiter = self._limiter
        wait = limiter.try_acquire_ns(self._key, self._cost)
        too_late = self._until is not None and _sleeping.now_ns(limiter.clock) + wait > self._until
        if wait == _core.NEVER or too_late:
            raise limited(limiter, seconds(wait))
        return wait

    def cancel(self):
        pass


def _waiting(limiter, key, cost, timeout):
    try:
        return _Turn(limiter, key, cost, timeout)
    except Unsupported:
        return _Attempts(limiter, key, cost, timeout)


async def _acquire(limiter, key, cost, timeout):
    waiting = _waiting(limiter, key, cost, timeout)
    try:
        while wait := waiting.left():
            await _sleeping.sleep_async_ns(limiter.clock, wait)
    except BaseException:
        waiting.cancel()
        raise


_acquire.__qualname__ = "RateLimiter.acquire"


@_adds_to(_core.RateLimiter)
class _:
    def acquire(self, key=b"", cost=1, *, timeout=None):
        """Waits until the request passes: in the order of the calls, a large cost among small ones too. RateLimited at
        once when its turn is further away than timeout or the option max_wait_ms. Cancelled, it gives its turn back.
        Waiters need no thread. With count_min and in a fleet, which have no order, whoever asks first when there is
        room passes. To be awaited: try_acquire answers at once."""
        return _awaited.Awaited(
            _acquire(self, key, cost, timeout),
            "await it, or ask try_acquire(), which does not wait",
        )

    def wait(self, key=b"", cost=1, *, timeout=None):
        """The same, blocking this thread."""
        waiting = _waiting(self, key, cost, timeout)
        try:
            while wait := waiting.left():
                _sleeping.sleep_ns(self.clock, wait)
        except BaseException:
            waiting.cancel()
            raise

    def reserve(self, key=b"", amount=1, within=None):
        """try_reserve as a Reservation, to be settled with what it cost, or RateLimited:
        `with limiter.reserve(key, 500) as r: ... r.settle(321)`. A block that ends without that cancels
        it. within is how long it may stay reserved, in seconds or a timedelta: a minute, up to a day."""
        return _reserving.reserve(self, key, amount, within)

    def acquire_many(self, keys, costs=None, *, now_ns=None):
        """try_acquire for each key, at one time."""
        return [wait == 0 for wait in self.acquire_many_ns(keys, costs, now_ns=now_ns)]

    def limit(self, key=b"", cost=1):
        """A decorator: each call takes cost of its key, or raises RateLimited. key is the key, or a
        function that makes it of the call's arguments. A coroutine or generator takes when it begins
        to run, not when it is made."""

        if callable(key):
            _plain.refuse_async(key, "the key function")

        def decorate(function):
            return _guards.limit(self, function, key, cost, _core._limited)

        return decorate


@_adds_to(_core.HttpLimit)
class _:
    def headers(self, key=b"", wait_ns=0, partition=b""):
        """The fields of an answer by their names, as `fields` has them: to be set on it. wait_ns is what
        try_acquire_ns answered; above 0, Retry-After is among them."""
        lines = self.fields(key, seconds(wait_ns), partition).splitlines()
        return dict(line.split(": ", 1) for line in lines)


for _noun in (_core.CircuitBreaker, _core.ConcurrencyLimiter):

    @_adds_to(_noun)
    class _:
        def __call__(self, function):
            """A decorator: guards each call, for coroutines and generators as long as they run."""
            return _guards.guard(self, function, _core._guarded)


@_adds_to(_core.Cache)
class _:
    def cached(self, ttl=None, key=None):
        """A decorator: the function's results, cached, as hits give them; None is cached as an absence,
        for the option negative_ttl_ms whatever the ttl. key is a function that makes the key of the
        call's arguments; without one the key is the function's name, which no other function shares, and
        the arguments, which must be text, bytes, numbers, None or tuples of them. As for
        functools.lru_cache(typed=True), 1, 1.0 and True are three, f(1) is not f(x=1), and a default
        that is not given is no argument. Methods need a key, as their self is not plain."""

        def decorate(function):
            make_key = key if key is not None else _loading.key_by_arguments(function)
            if callable(key):
                _plain.refuse_async(key, "the key function")
            if _guards.is_coroutine_function(function):
                return _loading.cached_coroutine(self, function, make_key, ttl)
            return _core._cached(self, function, make_key, ttl)

        return decorate


def _serve(call):
    if _guards.is_coroutine_function(call):
        return _serving.request_async
    if not callable(call):
        raise TypeError(f"call must be callable, not {type(call).__name__}")
    return _serving.request


@_adds_to(_core.Service)
class _:
    def read(self, client, key, call, ttl=None):
        """The value of the key from the cache, or what call(server, node) returns, cached, as a hit would
        give it; None, cached as an absence, when it returns None. ttl is how long either is kept. While another caller loads the key it waits, and takes from
        the client's rate once, or raises what that load did. What raises has failed. RateLimited, CircuitOpen, Unavailable or
        ConcurrencyFull when there is no call to make. With an async call the answer is to be awaited."""
        return _serve(call)(self, client, key, False, call, ttl)

    def write(self, client, key, call):
        """What call(server, node) returns; the cache forgets the key, whether it succeeds or not. The
        rest is read()'s."""
        return _serve(call)(self, client, key, True, call, None)


def _misfit(noun, signature, args, kwargs):
    """Why these arguments make no noun, in Python's words: the module's show its own types."""
    if signature is None:
        return f"a {noun.__name__} is not made by its class: a method of another noun gives it"
    try:
        signature.bind(None, *args, **kwargs)
    except TypeError as why:
        shown = signature.replace(parameters=list(signature.parameters.values())[1:])
        return f"{noun.__name__}{shown}: {why}"
    return None


def _made_once(noun):
    """A second __init__ is an error; the module's own would be passed over in silence."""
    make = noun.__init__
    signature = inspect.signature(make) if "options" in (make.__text_signature__ or "") else None

    @functools.wraps(make)
    def __init__(self, *args, **kwargs):
        if _core._is_made(self):
            raise TypeError(f"this {noun.__name__} is made already")
        try:
            make(self, *args, **kwargs)
        except TypeError as error:
            why = _misfit(noun, signature, args, kwargs)
            if why is None:
                raise
            raise TypeError(why) from error.__cause__

    noun.__init__ = __init__


@_adds_to(_core.Metrics)
class _:
    def __getattr__(self, name):
        guessed = name in ("text", "generate_latest", "expose", "exposition", "scrape", "collect")
        said = "; render() is Prometheus' text" if guessed else ""
        raise AttributeError(
            f"'Metrics' object has no attribute {name!r}{said}", name=name, obj=self
        )


def _true(_):
    return True  # having none is not being none


for _noun in list(vars(_core).values()):
    if isinstance(_noun, type) and "__init__" in vars(_noun):
        _made_once(_noun)
        if hasattr(_noun, "__len__"):
            _noun.__bool__ = _true
