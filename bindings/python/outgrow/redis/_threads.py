# SPDX-License-Identifier: Apache-2.0
"""The threads of a pump, from its start to its stop: one takes, one sends."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Protocol

from outgrow.redis._resp import Command, commands_of
from outgrow.redis._stepper import Batch, Stepper, fresh

if TYPE_CHECKING:
    from outgrow import Fleet


class Carrying(Protocol):
    """What carries a batch, in the thread that sends."""

    def carry(self, commands: list[Command]) -> None:
        """Sends them and hands the replies over. A failure of the client's is told, and raises nothing."""

    def close(self) -> None: ...
    def forget(self) -> None:
        """In a forked child, whose parent's threads have it."""


class Threads:
    def __init__(self, fleet: Fleet, carrier: Carrying, name: str, timeout: float) -> None:
        self._fleet, self._name, self._timeout = fleet, name, timeout
        self._carrier = carrier
        self._batches: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._sender: threading.Thread | None = None  # from the first command on
        self._stepper = Stepper(fleet, self._hand, name)

    def are_alive(self) -> bool:
        return self._stepper.is_alive()

    def end(self, timeout: float) -> None:
        """Waits for them, so long at most."""
        end = time.monotonic() + timeout
        self._stepper.end()
        self._stepper.join(timeout)
        if self._sender:
            self._batches.put(None)
            self._sender.join(max(0.0, end - time.monotonic()))

    def forget(self) -> None:
        """In a forked child: they are the parent's, and so are the connections."""
        self._carrier.forget()

    def _hand(self, batch: Batch) -> None:
        self._batches.put(batch)
        if self._sender is None:
            self._sender = threading.Thread(target=self._send, name=self._name, daemon=True)
            self._sender.start()

    def _send(self) -> None:
        is_last = False
        while not is_last:
            waiting = [self._batches.get()]
            while not self._batches.empty():
                waiting.append(self._batches.get())
            is_last = None in waiting
            commands = fresh([batch for batch in waiting if batch], self._timeout)
            while commands:
                self._carrier.carry(commands)
                # What the replies made due, without the way through the other thread.
                commands = [] if is_last else commands_of(self._fleet.take())
        self._carrier.close()
