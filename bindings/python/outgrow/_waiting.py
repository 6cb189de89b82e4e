# SPDX-License-Identifier: Apache-2.0
"""Waiting for who loads a key: a noun has in _waiting, by key, what to call once its load has ended."""

import threading

from outgrow._enums import Status
from outgrow._sleeping import Alarm, wait_ns

# Others than this object may hold the lease, and their fill wakes nobody here: look again this often.
_LOOK_AGAIN_NS = 50_000_000


# Held where a key's list is looked at and then changed; the module's own wakes take a list away in one step.
_lists = threading.Lock()


def renew_after_fork():
    global _lists
    _lists = threading.Lock()


def _name(key):
    """The key as the noun's list of waiters has it."""
    return key.encode() if isinstance(key, str) else bytes(key)


class _Waiting:
    """On the list of those to be woken for a key."""

    def __init__(self, noun, key, wake):
        self._waiting, self._key, self._wake = noun._waiting, _name(key), wake

    def __enter__(self):
        with _lists:
            self._waiting.setdefault(self._key, []).append(self._wake)

    def __exit__(self, *_):
        with _lists:
            sleepers = self._waiting.get(self._key, [])
            if self._wake in sleepers:
                sleepers.remove(self._wake)
            if not sleepers:
                self._waiting.pop(self._key, None)


def _at_most(noun, wait):
    """A clock by hand: until it is moved at all, as a call's deadline may end its lease early."""
    by_hand = noun.clock is not None and noun.clock.manual_clock
    return 1 if by_hand else min(wait, _LOOK_AGAIN_NS)


def wake(noun, key):
    with _lists:
        sleepers = noun._waiting.pop(_name(key), ())
    for sleeper in sleepers:
        sleeper()


def settled(noun, key, ask):
    """What ask() says of the key, a Lookup, once that is no longer WAIT."""
    while True:
        woken = threading.Event()
        with _Waiting(noun, key, woken.set):
            answer = ask()  # its load may have ended just now
            if answer.result != Status.WAIT:
                return answer
            wait_ns(noun.clock, woken, _at_most(noun, answer.wait_ns))


async def settled_async(noun, key, ask):
    """The same, in a coroutine."""
    while True:
        woken = Alarm()
        with _Waiting(noun, key, woken):
            answer = ask()
            if answer.result != Status.WAIT:
                return answer
            await woken.wait_ns(noun.clock, _at_most(noun, answer.wait_ns))
