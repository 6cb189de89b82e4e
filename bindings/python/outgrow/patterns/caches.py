# SPDX-License-Identifier: Apache-2.0
"""CacheAsidePattern and WriteThroughCache: a cache and a database of the caller's own, between which an
outgrow.Cache's leases keep order."""

from __future__ import annotations

import contextlib
from collections.abc import Hashable
from typing import Any, Protocol

import outgrow
from outgrow.patterns._loads import Cache, Loads
from outgrow.patterns._turns import Turns


class Database(Protocol):
    """What the tutorial asks of a database: None is what it does not have."""

    def get(self, key: Any, /) -> Any: ...
    def set(self, key: Any, value: Any, /) -> Any: ...


class _Both:
    """A cache and a database."""

    def __init__(
        self, cache: Cache, database: Database, *, clock: outgrow.Clock | None = None
    ) -> None:
        self.cache = cache
        self.database = database
        self._loads = Loads(clock)


class CacheAsidePattern(_Both):
    """Reads fill the cache for an hour; writes go to the database, and the cache forgets the key.

    Other than the tutorial's: what a write has replaced is not cached by a read that began before it.
    """

    def get(self, key: Hashable) -> Any:
        """From the cache, else from the database."""
        return self._loads.read(self.cache, key, lambda: self.database.get(key), ttl=3600)

    def set(self, key: Hashable, value: Any) -> None:
        """Into the database; the cache forgets the key, also when that fails."""
        with self._loads.forgetting(self.cache, key):
            self.database.set(key, value)


class WriteThroughCache(_Both):
    """Writes go to the database, then into the cache.

    Other than the tutorial's: what the cache has lost is read from the database; writes of one key
    take turns, so that cache and database end with the same one; a write that fails, in the database or
    in the cache, is forgotten. A database that writes through the same object does not wait for itself.
    """

    def __init__(
        self, cache: Cache, database: Database, *, clock: outgrow.Clock | None = None
    ) -> None:
        super().__init__(cache, database, clock=clock)
        self._turns = Turns()

    def get(self, key: Hashable) -> Any:
        """From the cache, else from the database."""
        return self._loads.read(self.cache, key, lambda: self.database.get(key))

    def set(self, key: Hashable, value: Any) -> None:
        """Into the database, then into the cache. Should either fail, the cache has neither the new
        value nor an old one, unless it cannot even forget."""
        with self._turns.of(key):
            try:
                self.database.set(key, value)
                self._loads.written(key)
                self.cache.set(key, value)
            except BaseException:
                with contextlib.suppress(Exception):
                    self._loads.forget(self.cache, key)
                raise
