# SPDX-License-Identifier: Apache-2.0
"""Sleeping by a noun's clock: real time, or for a manual clock until it has been moved that far."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

# A noun's clock: an outgrow.Clock, or None for the system's. Any, as the classes are made of this module.
Clock = Any


def _by_hand(clock: Clock) -> bool:
    return clock is not None and bool(clock.manual_clock)


class _Watch:
    """Calls `woken` once the manual clock stands at `until_ns` or later."""

    def __init__(self, clock: Clock, until_ns: int, woken: Callable[[], None]) -> None:
        self._clock, self._until_ns, self._woken = clock, until_ns, woken

    def __enter__(self) -> None:
        self._clock._watchers.append(self._look)
        self._look()

    def __exit__(self, *_: object) -> None:
        if self._look in self._clock._watchers:  # a fork has emptied it
            self._clock._watchers.remove(self._look)

    def _look(self) -> None:
        if self._clock.now_ns() >= self._until_ns:
            self._woken()


def now_ns(clock: Clock) -> int:
    return time.monotonic_ns() if clock is None else int(clock.now_ns())


def sleep_ns(clock: Clock, ns: int) -> None:
    """Blocks this thread; the GIL is free meanwhile."""
    wait_ns(clock, threading.Event(), ns)


def wait_ns(clock: Clock, event: threading.Event, ns: int) -> None:
    """Blocks this thread until the threading.Event is set, for `ns` at most."""
    if _by_hand(clock):
        with _Watch(clock, clock.now_ns() + ns, event.set):
            event.wait()
    else:
        event.wait(min(ns / 1e9, threading.TIMEOUT_MAX))


class Alarm:
    """A future of the running loop's that anybody may set, from any thread, more than once."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[None] = self._loop.create_future()

    def __call__(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._set)
        except RuntimeError:  # the loop is closed: nobody waits any more
            pass

    def _set(self) -> None:
        if not self._future.done():
            self._future.set_result(None)

    async def wait_ns(self, clock: Clock, ns: int) -> None:
        """Until it is set, for `ns` at most."""
        if _by_hand(clock):
            with _Watch(clock, clock.now_ns() + ns, self):
                await self._future
        else:
            timer = self._loop.call_later(min(ns / 1e9, threading.TIMEOUT_MAX), self._set)
            try:
                await self._future
            finally:
                timer.cancel()


async def sleep_async_ns(clock: Clock, ns: int) -> None:
    await Alarm().wait_ns(clock, ns)
