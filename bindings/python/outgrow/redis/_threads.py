# SPDX-License-Identifier: Apache-2.0
"""The threads of a pump, from its start to its stop: one takes, one sends."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING

from outgrow.redis._carrier import Carrier
from outgrow.redis._servers import Client
from outgrow.redis._stepper import Batch, Stepper, fresh

if TYPE_CHECKING:
    from outgrow import Fleet


class Threads:
    def __init__(self, fleet: Fleet, client: Client, name: str, timeout: float) -> None:
        self._name, self._timeout = name, timeout
        self._carrier = Carrier(fleet, client, timeout)
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
        self._carrier.close()

    def _hand(self, batch: Batch) -> None:
        self._batches.put(batch)
        if self._sender is None:
            self._sender = threading.Thread(target=self._send, name=self._name, daemon=True)
            self._sender.start()

    def _send(self) -> None:
        while True:
            waiting = [self._batches.get()]
            while not self._batches.empty():
                waiting.append(self._batches.get())
            if None in waiting:
                break
            if commands := fresh([batch for batch in waiting if batch], self._timeout):
                self._carrier.carry(commands)
        self._carrier.close()
