# SPDX-License-Identifier: Apache-2.0
"""The pump of threads."""

from __future__ import annotations

import atexit
import os
import queue
import threading
import time
import weakref
from types import TracebackType
from typing import TYPE_CHECKING, Any

import outgrow
from outgrow.redis._carrier import Carrier
from outgrow.redis._servers import Client, check
from outgrow.redis._stepper import Batch, Stepper, fresh

if TYPE_CHECKING:
    from typing_extensions import Self

_running: weakref.WeakSet[Pump] = weakref.WeakSet()


class Pump:
    """Pump(scope, client).start(): carries what the machine has to say to its fleet, in two threads of its own, until
    stop(). `client`: redis.Redis, redis.Sentinel(...).master_for(...), redis.RedisCluster, or valkey's.

    One thread takes commands as they are due. The other sends them, and waits for replies: `timeout` seconds at most,
    after which the connection is made anew. It has its thread in the elected process alone.

    Fork. A pump that runs goes on in a forked child by itself, in threads and connections of the child's own: gunicorn
    with --preload needs no hook. Exit. The interpreter's end stops it.

    Or without threads: step() in a loop of the program's own."""

    def __init__(
        self, scope: outgrow.Scope, client: Client, *, name: str | None = None, timeout: float = 1.0
    ) -> None:
        check(client, is_async=False)
        if not timeout > 0:
            raise ValueError(f"timeout must be more than 0, not {timeout}")
        self._scope, self._client, self._timeout = scope, client, timeout
        self._name = name or "outgrow-fleet"
        self._fleet = outgrow.Fleet(scope)
        self._forget()

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._stepper: Stepper | None = None
        self._sender: threading.Thread | None = None
        self._batches: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._carrier = Carrier(self._fleet, self._client, self._timeout)

    @property
    def fleet(self) -> outgrow.Fleet:
        """What it carries."""
        return self._fleet

    @property
    def running(self) -> bool:
        """Whether its threads run."""
        return self._stepper is not None and self._stepper.is_alive()

    def status(self) -> dict[str, Any]:
        """What the machine knows of its fleet."""
        return self._fleet.status()

    def start(self) -> Self:
        """Starts the threads; nothing where they run."""
        with self._lock:
            if not self.running:
                self._stepper = Stepper(self._fleet, self._hand, self._name)
                _running.add(self)
        return self

    def stop(self, *, timeout: float = 5.0) -> None:
        """Ends the threads and closes the connections. Who is silent is waited for no longer than `timeout`. The machine
        stays in its fleet, by its other processes: see Fleet.leave()."""
        with self._lock:
            _running.discard(self)
            end = time.monotonic() + timeout
            if self._stepper:
                self._stepper.end()
                self._stepper.join(timeout)
                self._stepper = None
            if self._sender:
                self._batches.put(None)
                if self._sender is not threading.current_thread():
                    self._sender.join(max(0.0, end - time.monotonic()))
                self._sender = None
            else:
                self._carrier.close()

    def step(self, timeout: float = 0.0) -> int:
        """Waits for commands that are due, `timeout` seconds at most, and carries them in this thread. How many it
        were."""
        if self.running:
            raise RuntimeError("the pump's threads run: call stop() before step()")
        self._fleet.wait(timeout)
        commands = self._fleet.take()
        if commands:
            self._carrier.carry(commands)
        return len(commands)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _hand(self, batch: Batch) -> None:
        self._batches.put(batch)
        if self._sender is None:
            self._sender = threading.Thread(
                target=self._send, args=(self._batches, self._carrier), name=self._name, daemon=True
            )
            self._sender.start()

    @staticmethod
    def _send(batches: queue.SimpleQueue[Batch | None], carrier: Carrier) -> None:
        while True:
            waiting = [batches.get()]
            while not batches.empty():
                waiting.append(batches.get())
            if None in waiting:
                break
            if commands := fresh([batch for batch in waiting if batch]):
                carrier.carry(commands)
        carrier.close()

    def _forked(self) -> None:
        """In the child: the threads are the parent's, and so are the connections."""
        self._carrier.close()
        self._forget()
        self.start()


def _after_fork() -> None:
    for pump in list(_running):
        pump._forked()


def _at_exit() -> None:
    for pump in list(_running):
        pump.stop(timeout=0.5)


os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)
