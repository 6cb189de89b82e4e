# SPDX-License-Identifier: Apache-2.0
"""Who writes a key waits for who writes it already."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Hashable, Iterator


class Turns:
    """A lock a key, of which keys share 64: which keys do, no client can know. A thread that has one
    takes no other: what it writes meanwhile is part of its write, and it never waits for itself, nor
    for a thread that waits for it."""

    def __init__(self) -> None:
        self._locks = tuple(threading.Lock() for _ in range(64))
        self._seed = random.SystemRandom().getrandbits(62)
        self._mine = threading.local()

    @contextlib.contextmanager
    def of(self, key: Hashable) -> Iterator[None]:
        """Holds the key's."""
        if getattr(self._mine, "taken", False):
            yield
            return
        with self._locks[hash((self._seed, key)) % len(self._locks)]:
            self._mine.taken = True
            try:
                yield
            finally:
                self._mine.taken = False
