# SPDX-License-Identifier: Apache-2.0
"""What decorators make of functions whose body runs later: coroutines and generators. Plain functions
are guarded by the module itself."""

import functools
import inspect


def guard_coroutine(breaker, function):
    @functools.wraps(function)
    async def guarded(*args, **kwargs):
        with breaker:
            return await function(*args, **kwargs)

    return guarded


def guard_generator(breaker, function):
    @functools.wraps(function)
    def guarded(*args, **kwargs):
        with breaker:
            return (yield from function(*args, **kwargs))

    return guarded


def guard_async_generator(breaker, function):
    @functools.wraps(function)
    async def guarded(*args, **kwargs):
        with breaker:
            async for item in function(*args, **kwargs):
                yield item

    return guarded


def kind_of(function):
    """Which of the above the function needs: "coroutine", "generator", "async_generator" or None."""
    if inspect.iscoroutinefunction(function):
        return "coroutine"
    if inspect.isgeneratorfunction(function):
        return "generator"
    if inspect.isasyncgenfunction(function):
        return "async_generator"
    return None
