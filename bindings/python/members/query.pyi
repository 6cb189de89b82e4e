# SPDX-License-Identifier: Apache-2.0
class Row(NamedTuple):
    """Of a Query."""

    shard: int
    """where it came from"""
    key: bytes
    """what it is ordered by"""
    row: bytes
    """its bytes"""

class ShardFailure(NamedTuple):
    """Of Query.failures."""

    shard: int
    """the shard"""
    reason: Status
    """a Status"""
    message: str
    """what was said"""
    dropped_rows: int
    """how many of its rows do not count"""

class Query(_Closing):
    """Of Gather.start. Iterating gives its merged Rows once its policy is met, and ends it: shards still out have
    failed. Safe from every thread."""

    def row_many(
        self,
        shard: int,
        rows: Sequence[Key],
        keys: Sequence[Key] | None = None,
        *,
        now_ns: int | None = None,
    ) -> Status:
        """Many rows; the first Status that is not OK ends it."""

    def waiting(self, *, now_ns: int | None = None) -> int:
        """How many shards are out."""

    def next(self, *, now_ns: int | None = None) -> Row | Status:
        """The next Row; or Status.NONE after the last, WAIT while pending, REFUSED when failed."""

    def failures(self) -> list[ShardFailure]:
        """Which shards failed, in the order in which they did."""

    def __iter__(self) -> Iterator[Row]:
        """Itself."""

    def __next__(self) -> Row:
        """The next Row. OutgrowError while the query is pending, or when it has failed."""
