# SPDX-License-Identifier: Apache-2.0
"""The pump for asyncio's clients."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

import outgrow
from outgrow.redis._loop_carrier import LoopCarrier
from outgrow.redis._pump import Pump
from outgrow.redis._servers import Client, check, is_bound_to_loop
from outgrow.redis._threads import Carrying

if TYPE_CHECKING:
    from typing_extensions import Self


class AsyncPump(Pump):
    """async with AsyncPump(fleet, client): a Pump over a client of redis.asyncio's, or valkey's. Of a
    redis.asyncio.Redis it takes the settings. RedisCluster's and Sentinel's have connections that belong to the program's
    loop: give a function that makes one, such as lambda: Sentinel(...).master_for("fleet"); it is called in the pump's.

    Its connections are in an event loop of a thread of its own, so that the program's may be busy, or wait for what a
    fleet's limit is answered."""

    def _check(self, client: Client | Callable[[], Client]) -> None:
        if isinstance(client, type) or not callable(client):
            check(client, is_async=True)
            if is_bound_to_loop(client):
                raise TypeError(
                    f"a {type(client).__name__}'s connections belong to its loop: give a function that makes it"
                )

    def _carrying(self) -> Carrying:
        client = self._client
        return LoopCarrier(
            self._fleet, client if callable(client) else lambda: client, self._timeout
        )

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self.stop)
