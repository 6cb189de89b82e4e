# SPDX-License-Identifier: Apache-2.0
class Batch(_Closing):
    """Taken from a CachedStore, what is due: a sequence of (key, value or None). End it with
    CachedStore.batch_done; closing it undone counts as failed. Used by one thread at a time."""

    def __iter__(self) -> Iterator[tuple[bytes, bytes | None]]:
        """Its writes."""
