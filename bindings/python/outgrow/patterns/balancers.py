# SPDX-License-Identifier: Apache-2.0
"""The tutorial's balancers, over outgrow.Balancer. Servers are any objects."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, Literal, TypeVar

import outgrow
from outgrow.patterns._keys import routing_key

Server = TypeVar("Server")
Named = TypeVar("Named", bound=Hashable)
Policy = Literal["round_robin", "weighted_round_robin", "least_connections"]


class _Listed(Generic[Server]):
    """Servers by their place in a list, which is their index among the endpoints too."""

    def __init__(self, servers: Iterable[tuple[Server, int]], policy: Policy) -> None:
        weighed = list(servers)
        self.servers = tuple(server for server, _ in weighed)
        self._endpoints = outgrow.Endpoints(max_endpoints=max(1, len(weighed)))
        for place, (_, weight) in enumerate(weighed):
            self._endpoints.add(str(place), weight)
        self.noun = outgrow.Balancer(self._endpoints, policy=policy, ticket_ms=0, seed=1)

    def get_server(self) -> Server:
        """The next server; LookupError when there is none."""
        place = self.noun.pick()
        if place is None:
            raise LookupError("no servers")
        return self.servers[place]


class RoundRobinBalancer(_Listed[Server]):
    """Each server in turn. Other than the tutorial's it may be shared by threads."""

    def __init__(self, servers: Iterable[Server]) -> None:
        super().__init__(((server, 1) for server in servers), "round_robin")


class WeightedRoundRobinBalancer(_Listed[Server]):
    """Each server as often as its weight says, smoothly, in the tutorial's order. Weights are whole;
    a server of weight 0 gets nothing, even alone. It may be shared by threads."""

    def __init__(self, servers_with_weights: Iterable[tuple[Server, int]]) -> None:
        weighed = list(servers_with_weights)
        super().__init__(weighed, "weighted_round_robin")
        self.weights = tuple(weight for _, weight in weighed)


class LeastConnectionsBalancer(_Listed[Named]):
    """The server with the fewest requests between on_request_start and on_request_end.

    Other than the tutorial's: equals are taken in turn, not always the first of them; an end without
    a start is a ValueError, not a count below zero; it may be shared by threads.
    """

    def __init__(self, servers: Iterable[Named]) -> None:
        distinct = list(dict.fromkeys(servers))
        super().__init__(((server, 1) for server in distinct), "least_connections")
        self._tickets: dict[Named, list[int]] = {server: [] for server in distinct}
        self._counter = outgrow.Balancer(
            self._endpoints, policy="consistent_hash", ticket_ms=0, tickets=1 << 16
        )
        self._key_of = self._owned_keys()

    def _owned_keys(self) -> dict[Named, str]:
        """A request is counted by a ticket, and tickets are of a server that a balancer chose: here
        by hash, with a key that the server owns. Shares of the ring are about even, so that of 4096
        servers the last has its key among the first 10 for each."""
        owned: dict[Named, str] = {}
        for key in map(str, range(1000 * len(self.servers))):
            place = self._counter.pick(key)
            if place is not None:
                owned.setdefault(self.servers[place], key)
            if len(owned) == len(self.servers):
                return owned
        if self.servers:
            raise RuntimeError("a server owns no key")
        return owned

    @property
    def connections(self) -> dict[Named, int]:
        """Requests in flight, by server."""
        return {
            server: self._endpoints.in_flight(place) for place, server in enumerate(self.servers)
        }

    def on_request_start(self, server: Named) -> None:
        """A request to the server begins."""
        ticket = self._counter.acquire(self._key_of[server]).ticket
        if ticket < 0:
            raise outgrow.Full("65536 requests are in flight")
        self._tickets[server].append(ticket)

    def on_request_end(self, server: Named) -> None:
        """A request to the server has ended."""
        try:
            ticket = self._tickets[server].pop()
        except IndexError:
            raise ValueError(f"no request to {server!r} has started") from None
        self._counter.release(ticket)


class ConsistentHashBalancer(Generic[Named]):
    """A key's server on a hash ring: a server that comes or goes moves its own keys alone.

    Other than the tutorial's: a server has 160 places on the ring, or `replicas` if that is more, as
    with 3 the shares are badly skewed; servers are told apart by str(server); adding one twice is
    adding it once.
    """

    def __init__(self, servers: Iterable[Named], replicas: int = 3) -> None:
        self.replicas = replicas
        self._servers: dict[int, Named] = {}
        first = list(servers)
        self._endpoints = outgrow.Endpoints(max_endpoints=max(4096, min(2 * len(first), 65536)))
        for server in first:
            self.add_server(server)
        # After the servers: from here on each that comes or goes draws the ring anew.
        self.noun = outgrow.Balancer(
            self._endpoints, policy="consistent_hash", ring_points=max(replicas, 160)
        )

    def add_server(self, server: Named) -> None:
        """Onto the ring."""
        if self._endpoints.find(str(server)) is None:
            self._servers[self._endpoints.add(str(server))] = server

    def remove_server(self, server: Named) -> None:
        """Off the ring; KeyError when it is not there."""
        place = self._endpoints.find(str(server))
        if place is None:
            raise KeyError(server)
        self._endpoints.remove(place)

    def get_server(self, key: Hashable) -> Named | None:
        """The key's server, or None without servers."""
        place = self.noun.pick(routing_key(key))
        return None if place is None else self._servers[place]
