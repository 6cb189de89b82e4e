# SPDX-License-Identifier: Apache-2.0
class Store(_Closing):
    """Store(kind="sqlite", path="items.db") or in memory: bytes by key. Store.of(object) is one that calls the
    object's get(key), set(key, value), delete(key) and, where it has one, batch_write([(key, value or
    None)]), with bytes, on the threads that call. Errors are StoreError. An SQLite one that is forgotten is
    closed with a ResourceWarning. Safe from every thread."""

    @staticmethod
    def of(object: CustomStore, *, clock: Clock | None = None) -> Store:
        """A store that calls the object's functions."""
