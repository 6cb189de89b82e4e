# SPDX-License-Identifier: Apache-2.0
class DeadLetter(NamedTuple):
    """Of CachedStore.dead_letters."""

    key: bytes
    """the key"""
    value: bytes | None
    """what was to be written; None: a deletion"""
    attempts: int
    """how often it was tried"""
    reason: Status
    """the last error's Status"""
    message: str
    """the last error's text"""

class CachedStore(_Closing):
    """CachedStore(cache, store, mode="behind"); store is a Store, or any object with get, set, delete and
    batch_write. The cache is this one's alone. codec= is for values here, whatever the cache's. Calls that
    may read or write the store give up the GIL. Write-behind: what is buffered when the process dies is
    lost; a thread of the library's writes it out, or pump() where the store is an object of yours or the
    clock a manual one. Close it: that writes what is left, for up to drain_ms, and is a StoreError when it
    cannot; one that is forgotten does so too, with a ResourceWarning. Safe from every thread."""

    def __init__(
        self,
        cache: Cache,
        store: Store | CustomStore,
        *,
        codec: Codec = "bytes",
        clock: Clock | None = None,
        **options: Unpack[CachedStoreOptions],
    ) -> None:
        """Makes it from its options, over a cache of its own.

        Args:
            cache: The Cache.
            store: A Store, or any object with get, set, delete and batch_write.
            codec: bytes, str, json, pickle, or an object with encode and decode.
            clock: A Clock; None is the system's."""

    @property
    def cache(self) -> Cache:
        """The Cache it was given."""

    @property
    def store(self) -> Store:
        """The Store it was given, or made of the object."""

    def get(self, key: Key, default: Any = None, *, now_ns: int | None = None) -> Any:
        """The value, or default when the key does not exist."""

    def get_detailed(self, key: Key, *, now_ns: int | None = None) -> tuple[Any, Source]:
        """(value or None, the Source where it came from)."""

    def get_many(
        self, keys: Sequence[Key], default: Any = None, *, now_ns: int | None = None
    ) -> list[Any]:
        """get for each key; those that miss are loaded one after the other."""

    def set(self, key: Key, value: Any, *, now_ns: int | None = None) -> None:
        """Writes. Full when the buffer has no room; StoreError when the store refuses."""

    def delete(self, key: Key, *, now_ns: int | None = None) -> None:
        """Deletes. Full when the buffer has no room; StoreError when the store refuses."""

    def pump(self, *, now_ns: int | None = None) -> int:
        """Writes what is due, on this thread: how many writes reached the store."""

    def due_in(self, *, now_ns: int | None = None) -> float | None:
        """In how many seconds there will be something to pump; None when nothing is buffered."""

    def take_batch(self, *, now_ns: int | None = None) -> Batch | None:
        """A Batch of what is due, to be written in a way of your own, or None."""

    def batch_done(
        self, batch: Batch, result: Status | None = None, *, now_ns: int | None = None
    ) -> None:
        """The batch was stored; or with a Status such as STORE was not, and each of its writes is tried again."""

    def flush(self, timeout: Duration | None = None) -> int:
        """Waits, for ever or for up to timeout, until all written before is in the store or a dead letter: how many
        writes are not."""

    def drain(self, timeout: Duration | None = None) -> int:
        """Refuses writes from now on and flushes: how many writes did not reach the store; they are dead letters now.
        Gets go on, until close()."""

    def dead_letters(self) -> list[DeadLetter]:
        """Writes that failed for good, the oldest first."""

    def redrive(self, key: Key) -> Status:
        """Buffers a dead letter again: Status.OK, MISS when there is none, FULL."""

    def __getitem__(self, key: Key) -> Any:
        """The value, or KeyError."""

    def __setitem__(self, key: Key, value: Any) -> None:
        """set."""

    def __delitem__(self, key: Key) -> None:
        """delete; what does not exist is no error."""
