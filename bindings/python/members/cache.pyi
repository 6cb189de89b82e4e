# SPDX-License-Identifier: Apache-2.0
class Lookup(NamedTuple):
    """Of Cache.get_or_lease and Service.begin."""

    result: int
    """above 0 the lease or ticket, else a Status"""
    value: Any
    """the value, fresh or stale, or None"""
    wait_ns: int
    """how long another caller's lease, the rate or the breaker still stands in the way"""

class Cache(_Closing):
    """Cache(capacity_bytes="64MiB", ttl_ms="30s", codec="json"). ttl= is in seconds or a timedelta; 0 is for ever,
    None what the options say. get_or_load and @cache.cached load a key once, however many ask. What is known
    not to exist can be cached too. Safe from every thread."""

    @property
    def codec(self) -> Codec:
        """The codec it was given."""

    @property
    def _waiting(self) -> dict[bytes, list[Any]]:
        """What to call once a key is filled."""

    def get(
        self, key: Key, default: Any = None, absent: Any = None, *, now_ns: int | None = None
    ) -> Any:
        """The value; default on a miss; absent when the key is known not to exist."""

    def get_into(self, key: Key, buffer: Buffer, *, now_ns: int | None = None) -> int:
        """Copies the value's bytes into a writable buffer, as far as it reaches: its size; or Status.MISS or ABSENT,
        which are negative."""

    def get_many(
        self,
        keys: Sequence[Key],
        default: Any = None,
        absent: Any = None,
        *,
        now_ns: int | None = None,
    ) -> list[Any]:
        """get for each key, at one time."""

    def pin(self, key: Key, *, now_ns: int | None = None) -> memoryview | None:
        """The value's bytes as a memoryview, without a copy or the codec; None without one. It keeps them, whatever
        becomes of the cache."""

    def get_or_lease(self, key: Key, *, now_ns: int | None = None) -> Lookup:
        """A Lookup: the value; or a lease for the one who is to load it; or Status.WAIT, STALE or ABSENT."""

    def get_or_load(
        self, key: Key, loader: Callable[[Any], Any], ttl: Duration | None = None
    ) -> Any:
        """The value, or loader(key), cached, as a hit would give it; None, cached as an absence, when the loader
        returns None: ttl is a value's, an absence has the option negative_ttl_ms.

        One caller loads a key, others wait for it, or take the stale value; what its loader raises they raise
        too. A loader that asks for its own key is a RuntimeError. With an async loader the answer is to be
        awaited."""

    def fill(
        self,
        key: Key,
        lease: int,
        value: Any,
        ttl: Duration | None = None,
        *,
        now_ns: int | None = None,
    ) -> Status:
        """Stores what the lease was given for: Status.OK, LAPSED, or FULL when it is too large."""

    def _fill(
        self,
        key: Key,
        lease: int,
        value: Any,
        ttl: Duration | None = None,
        *,
        now_ns: int | None = None,
    ) -> Any:
        """fill(), and what a hit of it would be."""

    def fill_absent(self, key: Key, lease: int, ttl: Duration | None = None) -> Status:
        """Stores, for the lease, that the key does not exist."""

    def give_up(self, key: Key, lease: int) -> bool:
        """Gives a lease back unused."""

    def set(
        self,
        key: Key,
        value: Any,
        ttl: Duration | None = None,
        *,
        weight: int | None = None,
        now_ns: int | None = None,
    ) -> bool:
        """Stores a value: True; False, and the key is gone, when it is larger than a shard of the cache. weight= is
        what to charge in place of its size."""

    def set_absent(self, key: Key, ttl: Duration | None = None) -> None:
        """Stores that the key does not exist."""

    def delete(self, key: Key) -> bool:
        """Removes the key: whether there was something."""

    def clear(self) -> None:
        """Removes everything."""

    def cached(
        self, ttl: Duration | None = None, key: Callable[..., Key] | None = None
    ) -> Callable[[F], F]: ...
    def __len__(self) -> int:
        """Entries held, with what has expired unnoticed."""

    def __getitem__(self, key: Key) -> Any:
        """The value, or KeyError."""

    def __setitem__(self, key: Key, value: Any) -> None:
        """set, with the options' time to live."""

    def __delitem__(self, key: Key) -> None:
        """delete, or KeyError."""

    def __contains__(self, key: Key) -> bool:
        """Whether there is a fresh value."""
