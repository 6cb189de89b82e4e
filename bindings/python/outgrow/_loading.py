# SPDX-License-Identifier: Apache-2.0
"""Loading what a cache lacks: the caller with the lease loads, the others wait until the cache says
that the key was filled or its lease has fallen, and then ask again."""

import contextlib
import functools

from outgrow import _core
from outgrow._enums import Status
from outgrow._errors import ClosedError
from outgrow._naming import name_of
from outgrow._plain import key_of, plain
from outgrow._waiting import Loading, settled, settled_async, wake


@contextlib.contextmanager
def _load(cache, key, lease, ttl):
    """Around a load that has its lease: gives what stores the value. What the load comes to is the cache's, and that of
    those who wait for it."""

    def fill(value):
        """What a hit would be. What was loaded too late, over a newer write, is the caller's all the same."""
        if value is None:
            cache.fill_absent(key, lease)
            return None
        return cache._fill(key, lease, value, ttl)

    try:
        with Loading(cache, key):
            yield fill
    except BaseException as error:
        if isinstance(error, Exception):  # else, cancelled or interrupted, another loads
            wake(cache, key, error)
        with contextlib.suppress(ClosedError):
            cache.give_up(key, lease)
        raise


def load(cache, key, produce, ttl, result):
    """The value of the key, of which get_or_lease said `result`."""
    value = None
    if result == Status.WAIT:
        result, value, _ = settled(cache, key, lambda: cache.get_or_lease(key))
    if result <= 0:
        return value
    with _load(cache, key, result, ttl) as fill:
        return fill(plain(produce(), "the loader"))


async def load_async(cache, key, loader, ttl):
    """The same for a loader that is awaited; a cancelled caller gives its lease up."""
    result, value, _ = cache.get_or_lease(key)
    if result == Status.WAIT:
        result, value, _ = await settled_async(cache, key, lambda: cache.get_or_lease(key))
    if result <= 0:
        return value
    with _load(cache, key, result, ttl) as fill:
        return fill(await loader(key))


def bind(function, values, names):
    """function with a call's arguments, the last of them named."""
    positional = len(values) - len(names)
    return functools.partial(
        function, *values[:positional], **dict(zip(names, values[positional:]))
    )


def key_by_arguments(function):
    """What makes the key of a call when none is given: the function's name and the arguments, which
    must be plain."""
    return _core._key_by_arguments(name_of(function))


def cached_coroutine(cache, function, key, ttl):
    @functools.wraps(function)
    async def cached(*args, **kwargs):
        async def loader(_):
            return await function(*args, **kwargs)

        return await load_async(cache, key_of(key, args, kwargs), loader, ttl)

    return cached
