# SPDX-License-Identifier: Apache-2.0
"""WriteBehindCache, over the buffer of an outgrow.CachedStore."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import pickle
import time
from collections.abc import Awaitable, Hashable
from typing import Any, Protocol, TypedDict

import outgrow
from outgrow._sleeping import Alarm
from outgrow.patterns._keys import key_bytes
from outgrow.patterns._loads import Cache
from outgrow.patterns._numbers import within
from outgrow.patterns._under_way import UnderWay

_log = logging.getLogger("outgrow")


class Write(TypedDict):
    """A write, as batch_write is given it."""

    key: Any
    value: Any
    timestamp: float


class BatchDatabase(Protocol):
    """What the tutorial asks of the database behind it."""

    def batch_write(self, batch: list[Write], /) -> Awaitable[Any]: ...


class _Nowhere:
    """The store beneath the buffer: batches are taken from the buffer instead, to be awaited."""

    def get(self, key: bytes) -> None:
        return None

    def set(self, key: bytes, value: bytes) -> None: ...

    def delete(self, key: bytes) -> None: ...


class WriteBehindCache:
    """Writes go into the cache at once and into the database later, in batches of up to `batch_size`,
    no later than after `flush_interval` seconds.

    Other than the tutorial's: a newer write of a key replaces the one that waits; the database sees
    each key's writes in their order, whatever fails and is tried again; a failure does not end the
    flushing; a full buffer refuses (outgrow.Full); reads see what waits when the cache has lost it.
    What waits when the process dies is lost, here as there: await close() before the end.
    """

    def __init__(
        self,
        cache: Cache,
        database: BatchDatabase,
        batch_size: int = 100,
        flush_interval: float = 5,
        *,
        clock: outgrow.Clock | None = None,
    ) -> None:
        self.cache = cache
        self.database = database
        self.batch_size = batch_size
        self.flush_interval = within("flush_interval", flush_interval, 0, 86400)
        self._clock = clock
        # A cache in which nothing has room, and no dead letters: a write waits in the buffer alone.
        self.noun = outgrow.CachedStore(
            outgrow.Cache(capacity_bytes=1, clock=clock),
            outgrow.Store.of(_Nowhere()),
            codec="pickle",
            mode="behind",
            batch_size=batch_size,
            flush_interval_ms=flush_interval * 1000,
            full="refuse",
            dead_letters=0,
        )
        self._under_way = UnderWay()
        self._flushing: _Flushing | None = None
        self._closing = 0
        self._start()

    def get(self, key: Hashable) -> Any:
        """From the cache, or from what waits to be written."""
        value = self.cache.get(key)
        if value is not None:
            return value
        waiting: Write | None = self.noun.get(key_bytes(key))
        return None if waiting is None else waiting["value"]

    def set(self, key: Hashable, value: Any) -> None:
        """Into the cache, and later into the database. Should the cache fail, it forgets the key, and
        the database may get the value all the same."""
        now = time.time() if self._clock is None else self._clock.now()
        self.noun.set(key_bytes(key), Write(key=key, value=value, timestamp=now))
        try:
            self.cache.set(key, value)
        except BaseException:
            with contextlib.suppress(Exception):
                self.cache.delete(key)
            raise
        finally:
            self._start()
            if self._flushing is not None and self.noun.due_in() == 0:
                self._flushing.wake()

    async def flush(self) -> None:
        """Writes what is due. What the database raises is raised; its batch is tried again."""
        await self._write_out(None)

    async def close(self) -> None:
        """Ends the flushing, without cutting short what is being written, and writes all that waits.
        What the database raises is raised: what was not written waits until it is closed again."""
        self._closing += 1
        try:
            if self._flushing is not None:
                self._flushing.end()
            self._flushing = None
            await self._write_out(outgrow.NEVER)
            while await self._under_way.ended():  # other tasks' batches, which may have failed
                await self._write_out(outgrow.NEVER)
        finally:
            self._closing -= 1

    def __del__(self) -> None:
        """The noun warns of what was not written; when nothing waits there is nothing to warn of."""
        noun = getattr(self, "noun", None)
        if noun is not None and not noun.closed and noun.due_in() is None:
            noun.close()

    async def _write_out(self, due_ns: int | None) -> None:
        while True:
            with self._under_way.piece():
                batch = self.noun.take_batch(now_ns=due_ns)
                if batch is None:
                    return
                with batch:  # closed undone, as by a cancelled caller, it counts as failed
                    await self.database.batch_write(
                        [pickle.loads(write) for _, write in batch if write]
                    )
                    self.noun.batch_done(batch)

    def _start(self) -> None:
        """The tutorial's starts with the object; outside of a loop it starts with the first write in
        one."""
        if not self._closing and (self._flushing is None or self._flushing.done()):
            try:
                self._flushing = _Flushing(self)
            except RuntimeError:
                self._flushing = None


class _Flushing:
    """The task that flushes from time to time until it is told to end. RuntimeError without a running
    loop."""

    def __init__(self, cached: WriteBehindCache) -> None:
        self._cached = cached
        self._alarm = Alarm()
        self._ending = False
        self._task = asyncio.get_running_loop().create_task(self._run())

    def done(self) -> bool:
        return self._task.done()

    def wake(self) -> None:
        """From any thread."""
        self._alarm()

    def end(self) -> None:
        """After the flush that is under way, if one is."""
        self._ending = True
        self._alarm()

    async def _run(self) -> None:
        cached = self._cached
        while not self._ending:
            due = cached.noun.due_in()
            # With nothing to write, a write wakes it if it is due at once.
            wait = max(cached.flush_interval, 1) if due is None else due
            await self._alarm.wait_ns(cached._clock, round(wait * 1e9))
            self._alarm = Alarm()
            if self._ending:
                break
            try:
                await cached.flush()
            except Exception as error:
                _log.warning("write-behind: %s; it is tried again", error)
