# SPDX-License-Identifier: Apache-2.0
"""Which server a command goes to, and how a connection of the pump's own is made to it: of the client's settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from outgrow.redis._resp import Command, Words

# A client of redis or valkey: Any, as neither need be installed.
Client = Any

# A command is never sent twice; the health of a connection is told by what is sent anyway.
_LEFT_OUT = {"retry", "retry_on_timeout", "retry_on_error", "health_check_interval"}


class Server(NamedTuple):
    """A server, by a name among its cluster's."""

    name: str
    connection_class: Callable[..., Any]
    settings: dict[str, Any]

    def connection(self, timeout: float) -> Any:
        own = {key: value for key, value in self.settings.items() if key not in _LEFT_OUT}
        for key in ("socket_timeout", "socket_connect_timeout"):
            own[key] = min(own.get(key) or timeout, timeout)
        own["decode_responses"] = False
        return self.connection_class(**own)


def is_cluster(client: Client) -> bool:
    return hasattr(client, "get_node_from_key")


def is_bound_to_loop(client: Client) -> bool:
    """Of an asyncio client: whether it looks for its server over connections of the program's loop."""
    return is_cluster(client) or hasattr(client.connection_pool, "sentinel_manager")


def check(client: Client, is_async: bool) -> None:
    """TypeError for what is no client, or one of the other kind."""
    if not is_cluster(client) and not hasattr(client, "connection_pool"):
        raise TypeError(f"client must be one of redis or valkey, not {type(client).__name__}")
    if (".asyncio" in _module(client)) == is_async:
        return
    kind, pump = ("an asyncio client", "AsyncPump") if not is_async else ("a client", "Pump")
    raise TypeError(f"client is {kind}, which {pump} takes")


def _module(client: Client) -> str:
    """Of the client's class, or of the class of redis or valkey that a subclass of the program's is made of."""
    modules = [kind.__module__ for kind in type(client).__mro__]
    return next((name for name in modules if name.split(".")[0] in ("redis", "valkey")), modules[0])


def _of_pool(name: str, pool: Any) -> Server:
    return Server(name, pool.connection_class, pool.connection_kwargs)


def _of_node(client: Client, node: Any) -> Server:
    if hasattr(node, "connection_kwargs"):  # asyncio's
        return Server(node.name, node.connection_class, node.connection_kwargs)
    return _of_pool(node.name, client.get_redis_connection(node).connection_pool)


def server_of(client: Client, words: Words) -> Server:
    """The server of a command: of its key, which is EVALSHA's and EVAL's fourth word; INFO is a cluster's first primary's."""
    if not is_cluster(client):
        return _of_pool("", client.connection_pool)
    if len(words) > 3:
        node = client.get_node_from_key(words[3])
    else:
        node = next(iter(client.get_primaries()), None)
    if node is None:
        raise LookupError("no primary of the cluster is known")
    return _of_node(client, node)


def asked_of(client: Client, error: str) -> Server | None:
    """Whom ASK names: "ASK 3999 127.0.0.1:6381"."""
    host, _, port = error.split(" ")[2].rpartition(":")
    node = client.get_node(host, int(port))
    return node and _of_node(client, node)


def grouped(client: Client, commands: Iterable[Command]) -> dict[str, tuple[Server, list[Command]]]:
    """Commands by the server that they go to; in order for each."""
    groups: dict[str, tuple[Server, list[Command]]] = {}
    for command in commands:
        server = server_of(client, command[1])
        groups.setdefault(server.name, (server, []))[1].append(command)
    return groups
