# SPDX-License-Identifier: Apache-2.0
class KeyRange(NamedTuple):
    """Of ShardMap.moves and ranges: keys from first on, up to but without end."""

    first: bytes
    """the first key"""
    end: bytes
    """the first key after it; empty: no end"""
    source: int
    """the shard that holds it"""
    target: int
    """the shard it moves to; in ranges, the same"""

class ShardMap(_Closing):
    """ShardMap(shards=8) by jump consistent hash; ShardMap([b"g", b"n"]) by ranges of keys, cut at those. Keys are
    str, bytes or int: an int stands for int64_key(it). The answer is the same in every process and language.
    To change a map in use: copy it, change the copy, move the data that moves() or move() names, assign the
    copy. Safe from every thread."""

    def __init__(
        self, splits: Sequence[Key] | None = None, **options: Unpack[ShardMapOptions]
    ) -> None:
        """Makes it from its options.

        Args:
            splits: Keys that cut all keys into ranges, in order; by hash there are none."""

    @staticmethod
    def int64_key(key: int) -> bytes:
        """The 8 bytes that stand for an integer key: numeric order is their order."""

    def of(self, key: Key | int) -> int:
        """The shard that holds the key."""

    def of_many(self, keys: Sequence[Key] | Sequence[int]) -> list[int]:
        """The shards of many keys, all by the same map."""

    def span(self, first: Key = b"", end: Key = b"") -> list[int]:
        """The shards that hold keys from first on, up to but without end; empty: no end."""

    def copy(self) -> ShardMap:
        """The same map, to be changed on its own."""

    def split(self, key: Key, shard: int) -> None:
        """By range: the keys from key on, up to the next split, go to shard."""

    def merge(self, key: Key) -> None:
        """By range: the split goes, and its range joins the one before it."""

    def move(self, to: ShardMap, key: Key) -> tuple[int, int] | None:
        """(from, to) when the key moves, or None."""

    def moves(self, to: ShardMap) -> list[KeyRange]:
        """By range: what moves, no key twice."""

    def ranges(self) -> list[KeyRange]:
        """By range: the map itself."""
