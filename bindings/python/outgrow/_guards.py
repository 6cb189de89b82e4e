# SPDX-License-Identifier: Apache-2.0
"""What decorators make of functions whose body runs later: coroutines and generators. Plain functions
are guarded by the module itself."""

import contextlib
import functools
import inspect

from outgrow._plain import is_coroutine_function, key_of


def _coroutine(function, around):
    @functools.wraps(function)
    async def wrapper(*args, **kwargs):
        with around(args, kwargs):
            return await function(*args, **kwargs)

    return wrapper


def _generator(function, around):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        with around(args, kwargs):
            return (yield from function(*args, **kwargs))

    return wrapper


def _async_generator(function, around):
    @functools.wraps(function)
    async def wrapper(*args, **kwargs):
        with around(args, kwargs):
            inner = function(*args, **kwargs)
            try:
                item = await inner.__anext__()
                while True:  # what `yield from` does in a generator
                    try:
                        sent = yield item
                    except GeneratorExit:
                        await inner.aclose()
                        raise
                    except BaseException as error:
                        item = await inner.athrow(error)
                    else:
                        item = await inner.asend(sent)
            except StopAsyncIteration:
                return

    return wrapper


def _later(function, around):
    """The function with its body inside `with around(args, kwargs):`; None when its body is its call."""
    if is_coroutine_function(function):
        return _coroutine(function, around)
    if inspect.isgeneratorfunction(function):
        return _generator(function, around)
    if inspect.isasyncgenfunction(function):
        return _async_generator(function, around)
    return None


def guard_coroutine(noun, function):
    return _coroutine(function, lambda args, kwargs: noun)


def guard(noun, function, plain):
    """The function guarded by the breaker or concurrency limiter; `plain` guards those that are neither."""
    return _later(function, lambda args, kwargs: noun) or plain(noun, function)


def limit(limiter, function, key, cost, plain):
    """The function limited, a coroutine or generator when its body begins to run."""

    def take(args, kwargs):
        limiter.require(key_of(key, args, kwargs), cost)
        return contextlib.nullcontext()

    return _later(function, take) or plain(limiter, function, key, cost)
