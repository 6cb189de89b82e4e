# SPDX-License-Identifier: Apache-2.0
"""Filling a cache that is the caller's own, such that no load puts back what a write has replaced."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Iterator
from typing import Any, Protocol

import outgrow
from outgrow.patterns._keys import key_bytes


class Cache(Protocol):
    """What the tutorial asks of a cache; outgrow.Cache(codec="pickle") is one."""

    def get(self, key: Any, /) -> Any: ...
    def set(self, key: Any, value: Any, /) -> Any: ...
    def delete(self, key: Any, /) -> Any: ...


class Loads:
    """One lease a key, of an outgrow.Cache that never holds a value: a load keeps what it brings only
    while its lease stands, and every write withdraws the lease. Other processes are not seen."""

    def __init__(self, clock: outgrow.Clock | None) -> None:
        self._leases = outgrow.Cache(clock=clock)

    def read(self, cache: Cache, key: Hashable, load: Callable[[], Any], **keep: Any) -> Any:
        """The cached value, else what `load` brings, cached unless that is None."""
        value = cache.get(key)
        if value is not None:
            return value
        name = key_bytes(key)
        lease = self._leases.get_or_lease(name).result
        if lease <= 0:  # another caller is loading it, and will cache it
            return load()
        try:
            value = load()
            if value is not None:
                cache.set(key, value, **keep)
        finally:
            if not self._leases.give_up(name, lease):  # written meanwhile
                cache.delete(key)
        return value

    def written(self, key: Hashable) -> None:
        """What is being loaded is out of date."""
        self._leases.delete(key_bytes(key))

    def forget(self, cache: Cache, key: Hashable) -> None:
        """The cache has no value of the key, nor gets one that is being loaded."""
        self.written(key)
        cache.delete(key)

    @contextlib.contextmanager
    def forgetting(self, cache: Cache, key: Hashable) -> Iterator[None]:
        """Around a write. Should it fail, it may have written: the cache forgets the key too. What the
        write raises is raised, whatever the cache then raises."""
        try:
            yield
        except BaseException:
            with contextlib.suppress(Exception):
                self.forget(cache, key)
            raise
        self.forget(cache, key)
