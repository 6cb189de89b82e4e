# SPDX-License-Identifier: Apache-2.0
"""Loading what a cache lacks: the caller with the lease loads, the others wait until the cache says
that the key was filled or its lease has fallen, and then ask again."""

import functools
import inspect
import threading

from outgrow import _core
from outgrow._enums import Status
from outgrow._sleeping import Alarm, wait_ns

# Others than this object may hold the lease, and their fill wakes nobody here: look again this often.
_LOOK_AGAIN_NS = 50_000_000


def _name(key):
    """The key as the cache's list of waiters has it."""
    return key.encode() if isinstance(key, str) else bytes(key)


class _Waiting:
    """On the list of those to be woken for a key."""

    def __init__(self, cache, key, wake):
        self._waiting, self._key, self._wake = cache._waiting, _name(key), wake

    def __enter__(self):
        self._waiting.setdefault(self._key, []).append(self._wake)

    def __exit__(self, *_):
        sleepers = self._waiting.get(self._key, [])
        if self._wake in sleepers:
            sleepers.remove(self._wake)
        if not sleepers:
            self._waiting.pop(self._key, None)


def _at_most(cache, wait):
    by_hand = cache.clock is not None and cache.clock.manual_clock
    return wait if by_hand else min(wait, _LOOK_AGAIN_NS)


def _fill(cache, key, lease, value, ttl):
    """What was loaded too late, over a newer write, is the caller's all the same."""
    if value is None:
        cache.fill_absent(key, lease)
    else:
        cache.fill(key, lease, value, ttl)
    return value


def load(cache, key, produce, ttl, result, wait):
    """The value of the key, of which get_or_lease said `result` and `wait`."""
    value = None
    while result == Status.WAIT:
        woken = threading.Event()
        with _Waiting(cache, key, woken.set):
            result, value, wait = cache.get_or_lease(key)  # it may have been filled just now
            if result == Status.WAIT:
                wait_ns(cache.clock, woken, _at_most(cache, wait))
        if result == Status.WAIT:
            result, value, wait = cache.get_or_lease(key)
    if result <= 0:
        return value
    try:
        value = produce()
        if inspect.isawaitable(value):
            if inspect.iscoroutine(value):
                value.close()
            raise TypeError("the loader returned an awaitable: give an async function to await")
        return _fill(cache, key, result, value, ttl)
    except BaseException:
        cache.give_up(key, result)
        raise


async def load_async(cache, key, loader, ttl):
    """The same for a loader that is awaited; a cancelled caller gives its lease up."""
    result, value, wait = cache.get_or_lease(key)
    while result == Status.WAIT:
        woken = Alarm()
        with _Waiting(cache, key, woken):
            result, value, wait = cache.get_or_lease(key)
            if result == Status.WAIT:
                await woken.wait_ns(cache.clock, _at_most(cache, wait))
        if result == Status.WAIT:
            result, value, wait = cache.get_or_lease(key)
    if result <= 0:
        return value
    try:
        return _fill(cache, key, result, await loader(key), ttl)
    except BaseException:
        cache.give_up(key, result)
        raise


def bind(function, values, names):
    """function with a call's arguments, the last of them named."""
    positional = len(values) - len(names)
    return functools.partial(
        function, *values[:positional], **dict(zip(names, values[positional:])))


def key_by_arguments(function):
    """What makes the key of a call when none is given: the function's name and the arguments, which
    must be plain."""
    return _core._key_by_arguments(f"{function.__module__}.{function.__qualname__}")


def cached_coroutine(cache, function, key, ttl):
    @functools.wraps(function)
    async def cached(*args, **kwargs):
        async def loader(_):
            return await function(*args, **kwargs)

        name = key(*args, **kwargs) if callable(key) else key
        return await load_async(cache, name, loader, ttl)

    return cached
