# SPDX-License-Identifier: Apache-2.0
class ShardMap(_Closing):
    """ShardMap(shards=8) by jump consistent hash; ShardMap([b"g", b"n"]) by ranges of keys, cut at those. Keys are
    str, bytes or int: an int stands for int64_key(it). The answer is the same in every process and language.
    To change a map in use: copy it, change the copy, move the data that moves() or move() names, assign the
    copy. Safe from every thread."""

    def __init__(
        self, splits: Sequence[Key] | None = None, **options: Unpack[ShardMapOptions]
    ) -> None: ...
    @staticmethod
    def int64_key(key: int) -> bytes: ...
    def of_many(self, keys: Sequence[Key] | Sequence[int]) -> list[int]: ...
