# SPDX-License-Identifier: Apache-2.0
"""The pump of an event loop."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType
from typing import TYPE_CHECKING, Any

import outgrow
from outgrow.redis._async_carrier import AsyncCarrier
from outgrow.redis._resp import commands_of
from outgrow.redis._servers import Client, check
from outgrow.redis._stepper import Batch, Stepper, fresh

if TYPE_CHECKING:
    from typing_extensions import Self


class AsyncPump:
    """async with AsyncPump(fleet, client): carries what the machine has to say to its fleet, over an asyncio client:
    redis.asyncio.Redis, Sentinel(...).master_for(...), RedisCluster, or valkey's.

    A task of the running loop sends and reads. When is a thread's to say, so that a loop that is busy, or a server that
    is silent, holds up no grant that needs no server.

    Fork. It is the loop's, so it does not go on in a child; the child starts its own, as it does its loop."""

    def __init__(
        self, fleet: outgrow.Fleet, client: Client, *, name: str | None = None, timeout: float = 1.0
    ) -> None:
        check(client, is_async=True)
        if not timeout > 0:
            raise ValueError(f"timeout must be more than 0, not {timeout}")
        self._timeout = timeout
        self._name = name or "outgrow-fleet"
        self._fleet = fleet
        self._carrier = AsyncCarrier(self._fleet, client, timeout)
        self._stepper: Stepper | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def fleet(self) -> outgrow.Fleet:
        """What it carries."""
        return self._fleet

    @property
    def running(self) -> bool:
        """Whether its task runs."""
        return self._task is not None and not self._task.done()

    def status(self) -> dict[str, Any]:
        """What the machine knows of its fleet."""
        return self._fleet.status()

    async def start(self) -> Self:
        """Starts the task in the running loop; nothing where it runs."""
        if not self.running:
            if self._stepper:  # its loop was closed under it
                self._stepper.end()
            loop, handed, waiting = asyncio.get_running_loop(), asyncio.Event(), list[Batch]()

            def hand(batch: Batch) -> None:
                waiting.append(batch)
                try:
                    loop.call_soon_threadsafe(handed.set)
                except RuntimeError:  # the loop was closed with the pump in it
                    stepper.end()

            self._task = loop.create_task(self._carry(handed, waiting), name=self._name)
            stepper = self._stepper = Stepper(self._fleet, hand, self._name)
        return self

    async def stop(self) -> None:
        """Ends the task and the thread, and closes the connections."""
        stepper, self._stepper = self._stepper, None
        task, self._task = self._task, None
        if stepper:
            stepper.end()
        if task:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if stepper:
            await asyncio.get_running_loop().run_in_executor(None, stepper.join, 5.0)

    async def step(self, timeout: float = 0.0) -> int:
        """Waits for commands that are due, `timeout` seconds at most, and carries them. How many it were."""
        if self.running:
            raise RuntimeError("the pump's task runs: await stop() before step()")
        await asyncio.get_running_loop().run_in_executor(None, self._fleet.wait, timeout)
        commands = commands_of(self._fleet.take())
        if commands:
            await self._carrier.carry(commands)
        return len(commands)

    async def _carry(self, handed: asyncio.Event, waiting: list[Batch]) -> None:
        try:
            while True:
                await handed.wait()
                handed.clear()
                batches = waiting.copy()  # the thread may add more
                del waiting[: len(batches)]
                if commands := fresh(batches, self._timeout):
                    await self._carrier.carry(commands)
        finally:
            await self._carrier.close()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()
