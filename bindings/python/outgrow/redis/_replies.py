# SPDX-License-Identifier: Apache-2.0
"""What is done with the replies to a batch of commands, whoever read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from outgrow.redis._errors import as_written
from outgrow.redis._resp import Command, reply_of
from outgrow.redis._servers import Client, Server, asked_of, is_cluster

if TYPE_CHECKING:
    from outgrow import Fleet

_ASKING: Command = (0, [b"ASKING"])  # no command of a fleet's has the id 0

# Whoever answers so is not, or no longer, the server to ask: the next connection is made to who is it then.
_ANOTHER_SERVER = ("READONLY", "MASTERDOWN", "CLUSTERDOWN", "LOADING")
_IS_REPLICA = re.compile(rb"^role:slave", re.M)


class Replies:
    """Of one batch. Hands each over to the fleet as it comes, but for those of commands that a cluster has at
    another server: these were not done, and are made there, once."""

    def __init__(self, fleet: Fleet, client: Client) -> None:
        self._fleet, self._client, self._in_cluster = fleet, client, is_cluster(client)
        self.elsewhere: list[tuple[Command, str]] = []
        self.is_wrong_server = False

    def add(self, command: Command, reply: Any, again: bool = True) -> None:
        number = command[0]
        if isinstance(reply, BaseException):
            text = as_written(reply)
            kind = text.split(" ", 1)[0]
            self.is_wrong_server |= kind in _ANOTHER_SERVER
            if kind in ("MOVED", "ASK"):
                if again and self._in_cluster and number:
                    self.elsewhere.append((command, text))
                    return
                text = kind  # the rest is an address
            reply = _Error(text)
        elif number and command[1][0] == b"INFO":
            reply = reply.encode() if isinstance(reply, str) else reply
            self.is_wrong_server |= bool(_IS_REPLICA.search(reply))
        if number:
            self._fleet.reply(number, reply_of(reply))

    def by_server(self) -> tuple[list[Command], list[tuple[Server, list[Command]]]]:
        """The commands that are elsewhere: those that moved, to be looked up; and those that one server is to be
        asked, with what that needs."""
        moved: list[Command] = []
        asked: list[tuple[Server, list[Command]]] = []
        for command, error in self.elsewhere:
            server = asked_of(self._client, error) if error.startswith("ASK") else None
            if server is None:
                moved.append(command)
            else:
                asked.append((server, [_ASKING, command]))
        return moved, asked


class _Error(Exception):
    """A server's error reply, as it was written."""
