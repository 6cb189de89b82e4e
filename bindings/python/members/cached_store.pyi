# SPDX-License-Identifier: Apache-2.0
class CachedStore(_Closing):
    """CachedStore(cache, store, mode="behind"); store is a Store, or any object with get, set, delete and
    batch_write. The cache is this one's alone. codec= is for values here, whatever the cache's. Calls that
    may read or write the store give up the GIL. Write-behind: what is buffered when the process dies is
    lost; a thread of the library's writes it out, or pump() where the store is an object of yours or the
    clock a manual one. Close it: that writes what is left, for up to drain_ms, and is a StoreError when it
    cannot; one that is forgotten does so too, with a ResourceWarning. Safe from every thread."""

    def batch_done(
        self, batch: Batch, result: Status | None = None, *, now_ns: int | None = None
    ) -> None: ...
    def flush(self, timeout: Duration | None = None) -> int: ...
    def drain(self, timeout: Duration | None = None) -> int: ...
