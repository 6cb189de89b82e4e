# SPDX-License-Identifier: Apache-2.0
"""The pump of threads."""

from __future__ import annotations

import atexit
import os
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any

import outgrow
from outgrow.redis._carrier import Carrier
from outgrow.redis._resp import commands_of
from outgrow.redis._servers import Client, check
from outgrow.redis._threads import Carrying, Threads

if TYPE_CHECKING:
    from typing_extensions import Self

_running: set[Pump] = set()


class Pump:
    """Pump(fleet, client).start(): carries what the machine has to say to its fleet, in two threads of its own, until
    stop(). `client`: redis.Redis, redis.Sentinel(...).master_for(...), redis.RedisCluster, or valkey's.

    One thread takes commands as they are due. The other sends them, and waits for replies: `timeout` seconds at most,
    after which the connection is made anew. It has its thread in the elected process alone.

    Fork. A pump that runs goes on in a forked child by itself, in threads and connections of the child's own: gunicorn
    with --preload needs no hook. Exit. The interpreter's end stops it.

    Or without threads: step() in a loop of the program's own."""

    def __init__(
        self, fleet: outgrow.Fleet, client: Client, *, name: str | None = None, timeout: float = 1.0
    ) -> None:
        self._check(client)
        if not timeout > 0:
            raise ValueError(f"timeout must be more than 0, not {timeout}")
        self._fleet, self._client, self._timeout = fleet, client, timeout
        self._name = name or "outgrow-fleet"
        self._lock = threading.Lock()
        self._threads: Threads | None = None
        self._own: Carrying | None = None  # of step()

    @property
    def fleet(self) -> outgrow.Fleet:
        """What it carries."""
        return self._fleet

    @property
    def running(self) -> bool:
        """Whether its threads run."""
        return self._threads is not None and self._threads.are_alive()

    def status(self) -> dict[str, Any]:
        """What the machine knows of its fleet."""
        return self._fleet.status()

    def start(self) -> Self:
        """Starts the threads; nothing where they run."""
        with self._lock:
            if not self.running:
                self._threads = Threads(self._fleet, self._carrying(), self._name, self._timeout)
                _running.add(self)
        return self

    def stop(self, *, timeout: float = 5.0) -> None:
        """Sends what is due, such as Fleet.leave(), ends the threads and closes the connections. Who is silent is waited for no longer
        than `timeout`. The machine stays in its fleet, by its other processes."""
        with self._lock:
            _running.discard(self)
            threads, self._threads = self._threads, None
            own, self._own = self._own, None
        if own:
            own.close()
        if threads:
            threads.end(timeout)

    def step(self, timeout: float = 0.0) -> int:
        """Waits for commands that are due, `timeout` seconds at most, and carries them in this thread. How many it
        were."""
        if self.running:
            raise RuntimeError("the pump's threads run: call stop() before step()")
        self._fleet.wait_due(timeout)
        commands = commands_of(self._fleet.take())
        if commands:
            self._own = self._own or self._carrying()
            self._own.carry(commands)
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

    def _check(self, client: Client) -> None:
        check(client, is_async=False)

    def _carrying(self) -> Carrying:
        return Carrier(self._fleet, self._client, self._timeout)

    def _forked(self) -> None:
        """In the child."""
        if self._threads:
            self._threads.forget()
        self._threads = None
        self._lock = threading.Lock()
        self.start()


def _after_fork() -> None:
    for pump in list(_running):
        pump._forked()


def _at_exit() -> None:
    for pump in list(_running):
        pump.stop(timeout=0.5)


os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)
