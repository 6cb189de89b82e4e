# SPDX-License-Identifier: Apache-2.0
class Store(_Closing):
    """Store(kind="sqlite", path="items.db") or in memory: bytes by key. Store.of(object) is one that calls the
    object's get(key), set(key, value), delete(key) and, where it has one, batch_write([(key, value or
    None)]), with bytes, on the threads that call. Errors are StoreError. An SQLite one that is forgotten is
    closed with a ResourceWarning. Safe from every thread."""

    def __init__(self, *, clock: Clock | None = None, **options: Unpack[StoreOptions]) -> None:
        """Makes it from its options.

        Args:
            clock: A Clock; None is the system's."""

    @staticmethod
    def of(object: CustomStore, *, clock: Clock | None = None) -> Store:
        """A store that calls the object's functions."""

    def get(self, key: Key, default: Any = None) -> Any:
        """The value, or default when there is none."""

    def set(self, key: Key, value: Buffer | str) -> None:
        """Writes a value."""

    def delete(self, key: Key) -> None:
        """Deletes; what does not exist is no error."""

    def batch_write(self, writes: Iterable[tuple[Key, Buffer | str | None]]) -> None:
        """Applies [(key, value)] in order, all or nothing; None deletes."""
