# SPDX-License-Identifier: Apache-2.0
"""An asyncio client's carrier as the thread that sends has it: with an event loop of its own. Who waits for a fleet's
answer may hold the program's loop meanwhile, so that its commands must not hang on that."""

from __future__ import annotations

import asyncio
import os
import select
import selectors
from collections.abc import Callable
from typing import TYPE_CHECKING

from outgrow.redis._async_carrier import AsyncCarrier
from outgrow.redis._resp import Command
from outgrow.redis._servers import Client

if TYPE_CHECKING:
    from outgrow import Fleet


class LoopCarrier:
    """`client` makes one, in the loop. Of one thread: the loop is made by the first call."""

    def __init__(self, fleet: Fleet, client: Callable[[], Client], timeout: float) -> None:
        self._fleet, self._client, self._timeout = fleet, client, timeout
        self._loop: asyncio.AbstractEventLoop | None = None
        self._selector: selectors.BaseSelector | None = None  # the loop's
        self._carrier: AsyncCarrier | None = None

    def carry(self, commands: list[Command]) -> None:
        if self._loop is None:
            self._selector = selectors.DefaultSelector()
            self._loop = asyncio.SelectorEventLoop(self._selector)
        self._loop.run_until_complete(self._carry(commands))

    def close(self) -> None:
        if self._loop is None:
            return
        self._loop.run_until_complete(self._close())
        self._loop.close()
        self._loop = None

    def forget(self) -> None:
        """In a forked child: the loop is the parent's thread's."""
        if self._loop is not None and self._selector is not None:
            _detach(self._selector)
        self._loop = self._selector = self._carrier = None

    async def _carry(self, commands: list[Command]) -> None:
        try:
            if self._carrier is None:
                self._carrier = AsyncCarrier(self._fleet, self._client(), self._timeout)
            await self._carrier.carry(commands)
        except Exception as error:
            self._fleet.broken(type(error).__name__)

    async def _close(self) -> None:
        if self._carrier is not None:
            await self._carrier.close()
        self._carrier = None


def _detach(selector: selectors.BaseSelector) -> None:
    """A child's epoll is its parent's: a loop that is dropped here, whenever that is, takes its sockets from it, and the
    parent waits for them in vain. So what the child drops has an epoll that is nobody's. A kqueue is not inherited."""
    if hasattr(select, "epoll") and isinstance(selector, selectors.EpollSelector):
        with select.epoll() as nobodys:
            os.dup2(nobodys.fileno(), selector.fileno(), inheritable=False)
