# SPDX-License-Identifier: Apache-2.0
"""Waiting for who loads a key: a noun has in _waiting, by key, what to call once its load has ended."""

import contextvars
import threading

from outgrow._enums import Status
from outgrow._sleeping import Alarm, wait_ns

# Others than this object may hold the lease, and their fill wakes nobody here: look again this often.
_LOOK_AGAIN_NS = 50_000_000


# Held where a key's list is looked at and then changed; the module's own wakes take a list away in one step.
_lists = threading.Lock()

# The loads that this thread or task is inside of, and so are the tasks that it has made meanwhile.
_inside = contextvars.ContextVar("outgrow._inside", default=())


def renew_after_fork():
    global _lists
    _lists = threading.Lock()


def _name(key):
    """The key as the noun's list of waiters has it."""
    return key.encode() if isinstance(key, str) else bytes(key)


class _Waiting:
    """On the list of those to be woken for a key: called once, with the load's error if it failed."""

    def __init__(self, noun, key, wake):
        self._waiting, self._key, self.wake = noun._waiting, _name(key), wake
        self.woken, self._error = False, None

    def __call__(self, error=None):
        if error is not None:
            self._error = error, error.__traceback__
        self.woken = True
        self.wake()

    def __enter__(self):
        with _lists:
            self._waiting.setdefault(self._key, []).append(self)
        return self

    def __exit__(self, *_):
        with _lists:
            sleepers = self._waiting.get(self._key, [])
            if self in sleepers:
                sleepers.remove(self)
            if not sleepers:
                self._waiting.pop(self._key, None)

    def raise_shared(self):
        """What the load raised, if it did."""
        if self._error is None:
            return
        (error, traceback), self._error = self._error, None
        try:
            raise error.with_traceback(traceback)
        finally:
            del error, traceback  # which lead here


class Loading:
    """Around a load. Who asks for the key from within it would wait for itself, until the lease ends."""

    def __init__(self, noun, key):
        self._noun, self._key = noun, _name(key)

    def __enter__(self):
        self._around = _inside.get()
        _inside.set((*self._around, self))

    def __exit__(self, *_):
        _inside.set(self._around)
        self._noun = None  # over, also for the tasks that were made inside of it

    def is_of(self, noun, key):
        return self._noun is noun and self._key == key


def _refuse_own(noun, key):
    inside = _inside.get()
    if inside and any(load.is_of(noun, _name(key)) for load in inside):
        raise RuntimeError(
            f"the load of key {key!r} asks for its own key, and would wait for itself"
        )


def _at_most(noun, wait):
    """A clock by hand: until it is moved at all, as a call's deadline may end its lease early."""
    by_hand = noun.clock is not None and noun.clock.manual_clock
    return 1 if by_hand else min(wait, _LOOK_AGAIN_NS)


def wake(noun, key, error=None):
    """Wakes who waits for the key. An error of its load is theirs too: each would call again what has
    just failed, one after the other."""
    with _lists:
        sleepers = noun._waiting.pop(_name(key), ())
    for sleeper in sleepers:
        sleeper(error)


def settled(noun, key, ask):
    """What ask() says of the key, a Lookup, once that is no longer WAIT; what its load raised."""
    _refuse_own(noun, key)
    while True:
        woken = threading.Event()
        with _Waiting(noun, key, woken.set) as waiting:
            while not waiting.woken:
                answer = ask()  # its load may have ended just now
                if answer.result != Status.WAIT:
                    return answer
                wait_ns(noun.clock, woken, _at_most(noun, answer.wait_ns))
                if not waiting.woken:
                    woken.clear()
        waiting.raise_shared()


async def settled_async(noun, key, ask):
    """The same, in a coroutine."""
    _refuse_own(noun, key)
    while True:
        alarm = Alarm()
        with _Waiting(noun, key, alarm) as waiting:
            while not waiting.woken:
                answer = ask()
                if answer.result != Status.WAIT:
                    return answer
                await alarm.wait_ns(noun.clock, _at_most(noun, answer.wait_ns))
                alarm = waiting.wake = Alarm()  # each rings once
        waiting.raise_shared()
