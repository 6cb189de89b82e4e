# SPDX-License-Identifier: Apache-2.0
"""What is to be awaited, and is no condition: a plain coroutine is true, so that `if limiter.acquire(key):`
would pass always."""

from collections.abc import Coroutine


class Awaited(Coroutine):
    """The coroutine, but that its truth is a TypeError."""

    __slots__ = ("_coroutine", "_instead")

    def __init__(self, coroutine, instead):
        self._coroutine = coroutine
        self._instead = instead

    def __await__(self):
        return self._coroutine.__await__()

    def send(self, value):
        return self._coroutine.send(value)

    def throw(self, *error):
        return self._coroutine.throw(*error)

    def close(self):
        self._coroutine.close()

    def __bool__(self):
        self._coroutine.close()
        raise TypeError(
            f"{self._coroutine.__qualname__}() is to be awaited, and has no truth value: {self._instead}"
        )

    def __repr__(self):
        return repr(self._coroutine)
