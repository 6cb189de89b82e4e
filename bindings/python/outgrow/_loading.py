# SPDX-License-Identifier: Apache-2.0
"""Loading what a cache lacks: the caller with the lease loads, the others wait until the cache says
that the key was filled or its lease has fallen, and then ask again."""

import functools
import inspect

from outgrow import _core
from outgrow._enums import Status
from outgrow._waiting import settled, settled_async

def _fill(cache, key, lease, value, ttl):
    """What was loaded too late, over a newer write, is the caller's all the same."""
    if value is None:
        cache.fill_absent(key, lease)
    else:
        cache.fill(key, lease, value, ttl)
    return value


def plain(value, what):
    """What a plain function returned; an awaitable would be cached in place of what it yields."""
    if inspect.isawaitable(value):
        if inspect.iscoroutine(value):
            value.close()
        raise TypeError(f"{what} returned an awaitable: give an async function to await")
    return value


def load(cache, key, produce, ttl, result):
    """The value of the key, of which get_or_lease said `result`."""
    value = None
    if result == Status.WAIT:
        result, value, _ = settled(cache, key, lambda: cache.get_or_lease(key))
    if result <= 0:
        return value
    try:
        return _fill(cache, key, result, plain(produce(), "the loader"), ttl)
    except BaseException:
        cache.give_up(key, result)
        raise


async def load_async(cache, key, loader, ttl):
    """The same for a loader that is awaited; a cancelled caller gives its lease up."""
    result, value, _ = cache.get_or_lease(key)
    if result == Status.WAIT:
        result, value, _ = await settled_async(cache, key, lambda: cache.get_or_lease(key))
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
