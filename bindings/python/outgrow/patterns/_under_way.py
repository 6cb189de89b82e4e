# SPDX-License-Identifier: Apache-2.0
"""What several tasks have under way, such that one of them can wait for the others."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any


class UnderWay:
    """Tasks of any loop, in any thread."""

    def __init__(self) -> None:
        self._pieces: dict[Future[None], asyncio.Task[Any] | None] = {}

    @contextlib.contextmanager
    def piece(self) -> Iterator[None]:
        """Around a piece of the running task's work."""
        piece: Future[None] = Future()
        self._pieces[piece] = asyncio.current_task()
        try:
            yield
        finally:
            del self._pieces[piece]
            piece.set_result(None)

    async def ended(self) -> bool:
        """Waits for what other tasks have under way at the moment: whether there was anything."""
        mine = asyncio.current_task()
        others = [piece for piece, task in list(self._pieces.items()) if task is not mine]
        if others:
            await asyncio.wait([asyncio.wrap_future(piece) for piece in others])
        return bool(others)
