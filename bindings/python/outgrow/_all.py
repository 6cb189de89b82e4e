# SPDX-License-Identifier: Apache-2.0
"""One decision over several rate limiters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outgrow import _core
from outgrow._refusals import limited, seconds

if TYPE_CHECKING:
    from outgrow._core import Key, RateLimiter

    Part = RateLimiter | tuple[RateLimiter] | tuple[RateLimiter, Key] | tuple[RateLimiter, Key, int]

__all__ = ["AllAdmission", "require_all", "try_acquire_all"]


class AllAdmission:
    """True where the request passed. Else `which` is the number of the part that has it wait the longest, and
    `wait_ns` how long: NEVER where it costs more than the limiter ever holds."""

    __slots__ = ("wait_ns", "which")

    def __init__(self, wait_ns: int, which: int | None):
        self.wait_ns = wait_ns
        self.which = which

    def __bool__(self) -> bool:
        return self.wait_ns == 0

    def __repr__(self) -> str:
        return f"AllAdmission(wait_ns={self.wait_ns}, which={self.which})"

    @property
    def retry_after(self) -> float:
        """The wait in seconds, inf for never."""
        return seconds(self.wait_ns)


def _split(part: Part) -> tuple[RateLimiter, Key, int]:
    if not isinstance(part, tuple):
        return part, b"", 1
    if len(part) == 1:
        return part[0], b"", 1
    if len(part) == 2:
        return part[0], part[1], 1
    if len(part) == 3:
        return part
    return part, b"", 1  # type: ignore[return-value]  # it says what it is


def try_acquire_all(*parts: Part, now_ns: int | None = None) -> AllAdmission:
    """One decision over several limits, such as a user's, a team's and one of all: takes what each is to give, or
    nothing. A part is (limiter, key, cost), (limiter, key), or a limiter without keys.

    Parts for one key of one limiter are one part; there are at most 64. A request that passed counts as allowed in
    each of the limiters; one that was denied counts as denied in the one that `which` tells, and nowhere else. At
    most one of the limiters is a fleet's.

    Returns an AllAdmission, which is true where it passed.

    Args:
        parts: What each limiter is to give.
        now_ns: The time, in ns on the limiters' clock.
    """
    limiters, keys, costs = map(list, zip(*map(_split, parts))) if parts else ([], [], [])
    wait, which = _core._acquire_all(  # type: ignore[attr-defined]
        limiters, keys, costs, now_ns
    )
    return AllAdmission(wait, which if wait else None)


def require_all(*parts: Part, now_ns: int | None = None) -> None:
    """try_acquire_all, or RateLimited, with retry_after in seconds, of the limiter that denied it."""
    said = try_acquire_all(*parts, now_ns=now_ns)
    if said.which is not None:
        raise limited(_split(parts[said.which])[0], said.retry_after)
