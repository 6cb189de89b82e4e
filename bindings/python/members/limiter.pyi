# SPDX-License-Identifier: Apache-2.0
class Verdict(NamedTuple):
    """Of RateLimiter.acquire_detailed: HTTP's RateLimit and Retry-After fields."""

    wait_ns: int
    """0: it passed"""
    limit: int
    """what the key may take at once"""
    remaining: int
    """what it may take now"""
    reset_after_ns: int
    """until all of it is there again"""

class RateLimiter(_Closing):
    """RateLimiter("100/s", burst=20): 100 a second and key, 20 at once. policy="sliding_window" counts exactly
    over the rate's period. Memory is fixed by keys=. Safe from every thread."""

    def acquire_many_ns(
        self, keys: Sequence[Key], costs: Iterable[int] | None = None, *, now_ns: int | None = None
    ) -> list[int]:
        """try_acquire_ns for each key, at one time: a list of waits."""

    def acquire_many(
        self, keys: Sequence[Key], costs: Iterable[int] | None = None, *, now_ns: int | None = None
    ) -> list[bool]: ...
    async def acquire(
        self, key: Key = b"", cost: int = 1, *, timeout: Duration | None = None
    ) -> None: ...
    def wait(self, key: Key = b"", cost: int = 1, *, timeout: Duration | None = None) -> None: ...
    def limit(self, key: Key | Callable[..., Key] = b"", cost: int = 1) -> Callable[[F], F]: ...
    def __len__(self) -> int: ...
