# SPDX-License-Identifier: Apache-2.0
"""The thread that takes a fleet's commands as they are due, whatever the network does: a machine's agent goes on
while its server is silent, and what the fleet's limits grant meanwhile is granted in time."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from outgrow._errors import ClosedError
from outgrow.redis._resp import Command, commands_of

if TYPE_CHECKING:
    from outgrow import Fleet

# How long a stop, or another process's death, may go unseen.
_LONGEST_WAIT = 0.25
# Between two looks where nothing was due, however soon the fleet wants to be looked at.
_SHORTEST_WAIT = 0.001


# Commands, and when they were taken: a command that is due is due then.
Batch = tuple[float, list[Command]]


def fresh(batches: list[Batch], timeout: float) -> list[Command]:
    """What of them is still to be sent, as one batch. What lay about for half of the timeout, behind a server that was
    silent, is not: nobody waits for its replies."""
    since = time.monotonic() - timeout / 2
    return [command for taken_at, commands in batches if taken_at >= since for command in commands]


class Stepper:
    def __init__(self, fleet: Fleet, hand: Callable[[Batch], None], name: str) -> None:
        self._fleet, self._hand = fleet, hand
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def end(self) -> None:
        self._ended.set()

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    def _run(self) -> None:
        with contextlib.suppress(ClosedError):
            while not self._ended.is_set():
                self._step()
            self._take()  # such as leave()

    def _step(self) -> None:
        began = time.monotonic()
        try:
            self._fleet.wait_due(_LONGEST_WAIT)
            if self._ended.is_set():
                return
            if not self._take() and time.monotonic() - began < _SHORTEST_WAIT:
                self._ended.wait(_SHORTEST_WAIT)
        except ClosedError:
            raise
        except Exception as error:  # must not end it, nor make it spin
            self._fleet.broken(type(error).__name__)
            self._ended.wait(_LONGEST_WAIT)

    def _take(self) -> bool:
        commands = commands_of(self._fleet.take())
        if commands:
            self._hand((time.monotonic(), commands))
        return bool(commands)
