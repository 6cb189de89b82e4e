# SPDX-License-Identifier: Apache-2.0
"""What decorators make of functions whose body runs later: coroutines and generators. Plain functions
are guarded by the module itself."""

import functools
import inspect


def is_coroutine_function(function):
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None))


def guard_coroutine(noun, function):
    @functools.wraps(function)
    async def guarded(*args, **kwargs):
        with noun:
            return await function(*args, **kwargs)

    return guarded


def _guard_generator(noun, function):
    @functools.wraps(function)
    def guarded(*args, **kwargs):
        with noun:
            return (yield from function(*args, **kwargs))

    return guarded


def _guard_async_generator(noun, function):
    @functools.wraps(function)
    async def guarded(*args, **kwargs):
        with noun:
            async for item in function(*args, **kwargs):
                yield item

    return guarded


def guard(noun, function, plain):
    """The function guarded by the breaker or concurrency limiter; `plain` guards those that are neither."""
    if is_coroutine_function(function):
        return guard_coroutine(noun, function)
    if inspect.isgeneratorfunction(function):
        return _guard_generator(noun, function)
    if inspect.isasyncgenfunction(function):
        return _guard_async_generator(noun, function)
    return plain(noun, function)


def limit(limiter, function, key, cost, plain):
    """The function limited, a coroutine or generator when its body begins to run."""

    def take(args, kwargs):
        limiter.require(key(*args, **kwargs) if callable(key) else key, cost)

    if is_coroutine_function(function):
        @functools.wraps(function)
        async def limited(*args, **kwargs):
            take(args, kwargs)
            return await function(*args, **kwargs)
    elif inspect.isgeneratorfunction(function):
        @functools.wraps(function)
        def limited(*args, **kwargs):
            take(args, kwargs)
            return (yield from function(*args, **kwargs))
    elif inspect.isasyncgenfunction(function):
        @functools.wraps(function)
        async def limited(*args, **kwargs):
            take(args, kwargs)
            async for item in function(*args, **kwargs):
                yield item
    else:
        return plain(limiter, function, key, cost)
    return limited
