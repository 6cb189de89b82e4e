# SPDX-License-Identifier: Apache-2.0
"""CircuitBreaker and CircuitState, over outgrow.CircuitBreaker."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import ParamSpec, TypeVar

import outgrow
from outgrow.patterns._numbers import within

P = ParamSpec("P")
R = TypeVar("R")


class CircuitState(Enum):
    """The state of a CircuitBreaker."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitBreaker:
    """Opens after `failure_threshold` failures in a row, for `timeout` seconds; then `success_threshold`
    successes close it.

    Other than the tutorial's: half-open it lets one call through at a time, and a failure there begins
    the count of successes anew; a call that began before the last change of state counts for
    nothing. Open, it raises outgrow.CircuitOpen, which knows in how many seconds to come back.
    """

    def __init__(
        self,
        failure_threshold: int = 5,
        timeout: float = 60,
        success_threshold: int = 3,
        *,
        clock: outgrow.Clock | None = None,
    ) -> None:
        self.failure_threshold = failure_threshold
        self.timeout = within("timeout", timeout, 0, 30 * 86400)
        self.success_threshold = success_threshold
        self.noun = outgrow.CircuitBreaker(
            failure_threshold=failure_threshold,
            open_ms=timeout * 1000,
            success_threshold=success_threshold,
            clock=clock,
        )

    @property
    def state(self) -> CircuitState:
        """An open circuit whose time is up is open until the next call."""
        return CircuitState[self.noun.state.name.removeprefix("FORCED_")]

    def call(self, func: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """func(*args, **kwargs), unless the circuit is open."""
        return self.noun.call(func, *args, **kwargs)
