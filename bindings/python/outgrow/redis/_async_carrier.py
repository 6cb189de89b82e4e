# SPDX-License-Identifier: Apache-2.0
"""Runs batches of commands over connections of its own: by asyncio's. See _carrier.py."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from outgrow.redis._errors import ends_connection, is_reply
from outgrow.redis._replies import Replies
from outgrow.redis._resp import Command
from outgrow.redis._servers import Client, Server, grouped, is_cluster

if TYPE_CHECKING:
    from outgrow import Fleet


class AsyncCarrier:
    def __init__(self, fleet: Fleet, client: Client, timeout: float) -> None:
        self._fleet, self._client, self._timeout = fleet, client, timeout
        self._connections: dict[str, Any] = {}
        self._is_lost = is_cluster(client)

    async def carry(self, commands: list[Command]) -> None:
        try:
            # Each read has a timeout; resolving a name and writing have not.
            await asyncio.wait_for(self._carry(commands), 4 * self._timeout)
        except Exception as error:
            await self._lost()
            self._fleet.broken(type(error).__name__)
        except asyncio.CancelledError:
            await self.close()
            raise

    async def close(self) -> None:
        for connection in self._connections.values():
            with contextlib.suppress(Exception):
                await connection.disconnect(nowait=True)
        self._connections.clear()

    async def _carry(self, commands: list[Command]) -> None:
        replies = Replies(self._fleet, self._client)
        if self._is_lost:
            await self._look_up()
        await self._exchange(grouped(self._client, commands).values(), replies)
        if replies.elsewhere:
            await self._elsewhere(replies)
        if replies.is_wrong_server:
            await self._lost()

    async def _lost(self) -> None:
        await self.close()
        self._is_lost = is_cluster(self._client)

    async def _look_up(self) -> None:
        await self._client.initialize()  # where the program has not used it yet
        await self._client.nodes_manager.initialize()
        self._is_lost = False

    async def _exchange(self, groups: Any, replies: Replies, again: bool = True) -> None:
        sent = []
        for server, commands in groups:
            connection = await self._connection(server)
            packed = connection.pack_commands([words for _, words in commands])
            await connection.send_packed_command(packed, check_health=False)
            sent.append((server, connection, commands))
        for server, connection, commands in sent:
            await self._read(server, connection, commands, replies, again)

    async def _read(
        self,
        server: Server,
        connection: Any,
        commands: list[Command],
        replies: Replies,
        again: bool,
    ) -> None:
        unread = list(commands)
        while unread:
            try:
                reply = await connection.read_response(disconnect_on_error=True)
            except Exception as error:
                if not is_reply(error):
                    raise
                reply = error
                if ends_connection(error):
                    await self._connections.pop(server.name).disconnect(nowait=True)
                    for command in unread:
                        replies.add(command, error, again)
                    return
            replies.add(unread.pop(0), reply, again)

    async def _elsewhere(self, replies: Replies) -> None:
        moved, asked = replies.by_server()
        if moved:
            await self._look_up()
            await self._exchange(grouped(self._client, moved).values(), replies, again=False)
        for group in asked:
            await self._exchange([group], replies, again=False)

    async def _connection(self, server: Server) -> Any:
        connection = self._connections.get(server.name)
        if connection is not None:
            with contextlib.suppress(Exception):
                can_read = getattr(connection, "can_read", None)  # since redis 8
                if not await (can_read or connection.can_read_destructive)():
                    return connection
            await connection.disconnect(nowait=True)
        connection = server.connection(self._timeout)
        await connection.connect()
        self._connections[server.name] = connection
        return connection
