# SPDX-License-Identifier: Apache-2.0
"""Runs batches of commands over connections of its own: by sockets that block, in one thread."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from outgrow.redis._errors import ends_connection, is_reply
from outgrow.redis._replies import Replies
from outgrow.redis._resp import Command
from outgrow.redis._servers import Client, Server, grouped, is_cluster

if TYPE_CHECKING:
    from outgrow import Fleet


class Carrier:
    def __init__(self, fleet: Fleet, client: Client, timeout: float) -> None:
        self._fleet, self._client, self._timeout = fleet, client, timeout
        self._connections: dict[str, Any] = {}  # by the server's name
        self._is_lost = False  # where a cluster's servers must be looked up again

    def carry(self, commands: list[Command]) -> None:
        try:
            replies = Replies(self._fleet, self._client)
            if self._is_lost:
                self._look_up()
            self._exchange(grouped(self._client, commands).values(), replies)
            if replies.elsewhere:
                self._elsewhere(replies)
            if replies.is_wrong_server:
                self._lost()
        except Exception as error:
            self._lost()
            self._fleet.broken(type(error).__name__)

    def close(self) -> None:
        for connection in self._connections.values():
            with contextlib.suppress(Exception):
                connection.disconnect()
        self._connections.clear()

    def forget(self) -> None:
        self.close()  # which, in a child, leaves the parent's connection as it is

    def _lost(self) -> None:
        self.close()
        self._is_lost = is_cluster(self._client)

    def _look_up(self) -> None:
        self._client.nodes_manager.initialize()
        self._is_lost = False

    def _exchange(self, groups: Any, replies: Replies, again: bool = True) -> None:
        sent = []
        for server, commands in groups:
            connection = self._connection(server)
            packed = connection.pack_commands([words for _, words in commands])
            connection.send_packed_command(packed, check_health=False)
            sent.append((server, connection, commands))
        for server, connection, commands in sent:
            self._read(server, connection, commands, replies, again)

    def _read(
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
                reply = connection.read_response(disconnect_on_error=True)
            except Exception as error:
                if not is_reply(error):
                    raise
                reply = error
                if ends_connection(error):  # so the others' are lost; it refuses them all
                    self._connections.pop(server.name).disconnect()
                    for command in unread:
                        replies.add(command, error, again)
                    return
            replies.add(unread.pop(0), reply, again)

    def _elsewhere(self, replies: Replies) -> None:
        moved, asked = replies.by_server()
        if moved:
            self._look_up()
            self._exchange(grouped(self._client, moved).values(), replies, again=False)
        for group in asked:
            self._exchange([group], replies, again=False)

    def _connection(self, server: Server) -> Any:
        connection = self._connections.get(server.name)
        if connection is not None:
            # Closed by the server while nothing was sent, or with more replies than were asked for.
            with contextlib.suppress(Exception):
                if not connection.can_read(0):
                    return connection
            connection.disconnect()
        connection = server.connection(self._timeout)
        connection.connect()
        self._connections[server.name] = connection
        return connection
