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

    def __init__(self, load_balancer: LoadBalancer | None = None, cache_layer: Cache | None = None,
                 database_cluster: DatabaseCluster | None = None, *,
                 clock: outgrow.Clock | None = None) -> None:
        self.load_balancer = load_balancer or RoundRobinBalancer(["localhost"])
        self.cache_layer = cache_layer or outgrow.Cache(codec="pickle", clock=clock)
        self.database_cluster = database_cluster
        self._loads = Loads(clock)

    def handle_request(self, request: Request) -> Any:
        """From the cache, else from a replica; what is no read goes to the primary."""
        self.load_balancer.get_server()
        if self.database_cluster is None:
            raise LookupError("no database_cluster")
        cluster = self.database_cluster
        if request.type == "read":
            return self._loads.read(self.cache_layer, request.cache_key,
                                    lambda: cluster.get_read_replica().execute(request.query))
        try:
            return cluster.get_primary().execute(request.query)
        finally:
            self._loads.written(request.cache_key)
            self.cache_layer.delete(request.cache_key)


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

    def __init__(self, external_cache: Cache, database: UserDatabase, *,
                 clock: outgrow.Clock | None = None) -> None:
        self.cache = external_cache
        self.database = database
        self._loads = Loads(clock)

    def business_logic(self, request: Any, user_data: Any) -> Any:
        """The result: whether state_changed, the new_state, and the response."""
        raise NotImplementedError

    def process_request(self, request: Any) -> Any:
        """The response to a request, which has a user_id."""
        key = f"user:{request.user_id}"
        user_data = self._loads.read(self.cache, key,
                                     lambda: self.database.get_user(request.user_id), ttl=300)
        result = self.business_logic(request, user_data)
        if result.state_changed:
            try:
                self.database.update_user(request.user_id, result.new_state)
            finally:
                self._loads.written(key)
                self.cache.delete(key)
        return result.response
