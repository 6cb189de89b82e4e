# SPDX-License-Identifier: Apache-2.0
"""ScalingPatterns and StatelessService: a request's way through parts of the caller's own."""

from __future__ import annotations

from typing import Any, Protocol

import outgrow
from outgrow.patterns._loads import Cache, Loads
from outgrow.patterns.balancers import RoundRobinBalancer
from outgrow.patterns.databases import Executes


class LoadBalancer(Protocol):
    """Any of the balancers that needs no key."""

    def get_server(self) -> Any: ...


class DatabaseCluster(Protocol):
    """Where reads and writes go."""

    def get_read_replica(self) -> Executes: ...
    def get_primary(self) -> Executes: ...


class Request(Protocol):
    """What ScalingPatterns handles; its type is "read" or another."""

    @property
    def cache_key(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def query(self) -> Any: ...


class ScalingPatterns:
    """A load balancer, a cache and a database cluster in one path; outgrow.Service is all of it as
    one noun.

    Other than the tutorial's, whose parts do not exist: they are given, or set later; what is cached
    and false is a hit; a write is made whatever is cached, and the cache forgets its key.
    """

    def __init__(
        self,
        load_balancer: LoadBalancer | None = None,
        cache_layer: Cache | None = None,
        database_cluster: DatabaseCluster | None = None,
        *,
        clock: outgrow.Clock | None = None,
    ) -> None:
        # Not "or": a balancer or cache may have a length, and have nothing in it yet.
        self.load_balancer = (
            RoundRobinBalancer(["localhost"]) if load_balancer is None else load_balancer
        )
        self.cache_layer = (
            outgrow.Cache(codec="pickle", clock=clock) if cache_layer is None else cache_layer
        )
        self.database_cluster = database_cluster
        self._loads = Loads(clock)

    def handle_request(self, request: Request) -> Any:
        """From the cache, else from a replica; what is no read goes to the primary."""
        self.load_balancer.get_server()
        if self.database_cluster is None:
            raise LookupError("no database_cluster")
        cluster = self.database_cluster
        if request.type == "read":
            return self._loads.read(
                self.cache_layer,
                request.cache_key,
                lambda: cluster.get_read_replica().execute(request.query),
            )
        with self._loads.forgetting(self.cache_layer, request.cache_key):
            return cluster.get_primary().execute(request.query)


class UserDatabase(Protocol):
    """Where users are kept."""

    def get_user(self, user_id: Any, /) -> Any: ...
    def update_user(self, user_id: Any, new_state: Any, /) -> Any: ...


class StatelessService:
    """Keeps each user's state in cache and database, none in itself; derive from it and write
    business_logic.

    Other than the tutorial's: what is cached and false is a hit; a state that an update has replaced
    is not cached by a request that began before it.
    """

    def __init__(
        self, external_cache: Cache, database: UserDatabase, *, clock: outgrow.Clock | None = None
    ) -> None:
        self.cache = external_cache
        self.database = database
        self._loads = Loads(clock)

    def business_logic(self, request: Any, user_data: Any) -> Any:
        """The result: whether state_changed, the new_state, and the response."""
        raise NotImplementedError

    def process_request(self, request: Any) -> Any:
        """The response to a request, which has a user_id."""
        key = f"user:{request.user_id}"
        user_data = self._loads.read(
            self.cache, key, lambda: self.database.get_user(request.user_id), ttl=300
        )
        result = self.business_logic(request, user_data)
        if result.state_changed:
            with self._loads.forgetting(self.cache, key):
                self.database.update_user(request.user_id, result.new_state)
        return result.response
