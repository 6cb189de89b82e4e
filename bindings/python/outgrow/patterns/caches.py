# SPDX-License-Identifier: Apache-2.0
"""CacheAsidePattern and WriteThroughCache: a cache and a database of the caller's own, between which an
outgrow.Cache's leases keep order."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Any, Protocol

import outgrow
from outgrow.patterns._loads import Cache, Loads


class Database(Protocol):
    """What the tutorial asks of a database: None is what it does not have."""

    def get(self, key: Any, /) -> Any: ...
    def set(self, key: Any, value: Any, /) -> Any: ...


class CacheAsidePattern:
    """Reads fill the cache for an hour; writes go to the database, and the cache forgets the key.

    Other than the tutorial's: what a write has replaced is not cached by a read that began before it.
    """

    def __init__(self, cache: Cache, database: Database, *,
                 clock: outgrow.Clock | None = None) -> None:
        self.cache = cache
        self.database = database
        self._loads = Loads(clock)

    def get(self, key: Hashable) -> Any:
        """From the cache, else from the database."""
        return self._loads.read(self.cache, key, lambda: self.database.get(key), ttl=3600)

    def set(self, key: Hashable, value: Any) -> None:
        """Into the database. Should that fail, it may have written: the cache forgets the key too."""
        try:
            self.database.set(key, value)
        finally:
            self._loads.written(key)
            self.cache.delete(key)


class WriteThroughCache:
    """Writes go to the database, then into the cache.

    Other than the tutorial's: what the cache has lost is read from the database; writes of one key
    take turns, so that cache and database end with the same one; a write that fails is forgotten.
    """

    def __init__(self, cache: Cache, database: Database, *,
                 clock: outgrow.Clock | None = None) -> None:
        self.cache = cache
        self.database = database
        self._loads = Loads(clock)
        self._turns = tuple(threading.Lock() for _ in range(64))

    def get(self, key: Hashable) -> Any:
        """From the cache, else from the database."""
        return self._loads.read(self.cache, key, lambda: self.database.get(key))

    def set(self, key: Hashable, value: Any) -> None:
        """Into the database, then into the cache."""
        with self._turns[hash(key) % len(self._turns)]:
            try:
                self.database.set(key, value)
            except BaseException:
                self._loads.written(key)
                self.cache.delete(key)
                raise
            self._loads.written(key)
            self.cache.set(key, value)
