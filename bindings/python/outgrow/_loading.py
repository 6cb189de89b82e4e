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


class _Load:
    """A load that has its lease: what it came to is the cache's, and that of those who wait for it."""

    def __init__(self, cache, key, lease, ttl):
        self._cache, self._key, self._lease, self._ttl = cache, key, lease, ttl

    def __enter__(self):
        self._loading = Loading(self._cache, self._key)
        self._loading.__enter__()
        return self

    def fill(self, value):
        """What a hit would be. What was loaded too late, over a newer write, is the caller's all the same."""
        if value is None:
            self._cache.fill_absent(self._key, self._lease)
            return None
        return self._cache._fill(self._key, self._lease, value, self._ttl)

    def __exit__(self, _, error, __):
        self._loading.__exit__()
        if error is None:
            return
        if isinstance(
            error, Exception
        ):  # not of an interrupt or a cancelled task: another loads then
            wake(self._cache, self._key, error)
        with contextlib.suppress(ClosedError):
            self._cache.give_up(self._key, self._lease)


def load(cache, key, produce, ttl, result):
    """The value of the key, of which get_or_lease said `result`."""
    value = None
    if result == Status.WAIT:
        result, value, _ = settled(cache, key, lambda: cache.get_or_lease(key))
    if result <= 0:
        return value
    with _Load(cache, key, result, ttl) as loading:
        return loading.fill(plain(produce(), "the loader"))


async def load_async(cache, key, loader, ttl):
    """The same for a loader that is awaited; a cancelled caller gives its lease up."""
    result, value, _ = cache.get_or_lease(key)
    if result == Status.WAIT:
        result, value, _ = await settled_async(cache, key, lambda: cache.get_or_lease(key))
    if result <= 0:
        return value
    with _Load(cache, key, result, ttl) as loading:
        return loading.fill(await loader(key))


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
