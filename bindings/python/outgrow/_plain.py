# SPDX-License-Identifier: Apache-2.0
"""Functions that are called as plain ones: what is async there would be taken for what it yields."""

import inspect


def plain(value, what, instead="give an async function to await"):
    """What a plain function returned."""
    if inspect.isawaitable(value):
        if inspect.iscoroutine(value):
            value.close()
        raise TypeError(f"{what} returned an awaitable: {instead}")
    return value


def is_coroutine_function(function):
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)
    )


def refuse_async(function, what):
    """TypeError where a function that is to be called as a plain one is async."""
    if is_coroutine_function(function) or inspect.isasyncgenfunction(function):
        raise TypeError(f"{what} is async, and is called as a plain function")


def key_of(key, args, kwargs):
    """The key of a call: key(*args, **kwargs), or key itself."""
    if not callable(key):
        return key
    return plain(key(*args, **kwargs), "the key function", "it is called as a plain function")
