# SPDX-License-Identifier: Apache-2.0
"""RateLimiter and SlidingWindowRateLimiter, over outgrow.RateLimiter."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction

import outgrow
from outgrow.patterns._keys import key_bytes


def _rate(a_second: float) -> str:
    """Counts of a rate are whole: 2.5 a second are 5 in 2 s."""
    exact = Fraction(a_second).limit_denominator(1_000_000)
    return f"{exact.numerator}/{exact.denominator}s"


class RateLimiter:
    """Token bucket: `max_tokens` at once, `refill_rate` tokens a second.

    Other than the tutorial's: memory is fixed, for `keys` clients at a time, as those whose bucket is
    full again are forgotten; a clock that steps back grants nothing; tokens are whole, not negative.
    """

    def __init__(self, max_tokens: int = 100, refill_rate: float = 10, *, keys: int = 65536,
                 clock: outgrow.Clock | None = None) -> None:
        self.max_tokens = max_tokens
        self.refill_rate = refill_rate
        self.noun = outgrow.RateLimiter(_rate(refill_rate), burst=max_tokens, keys=keys, clock=clock)

    def allow_request(self, client_id: Hashable, tokens_required: int = 1) -> bool:
        """Takes the tokens, all or none."""
        return self.noun.try_acquire(key_bytes(client_id), tokens_required)


class SlidingWindowRateLimiter:
    """At most `max_requests` in any `window_size` seconds.

    Other than the tutorial's: memory is fixed, 16 bytes a request for `keys` clients at a time; a
    clock that steps back grants nothing.
    """

    def __init__(self, max_requests: int = 100, window_size: float = 60, *, keys: int = 16384,
                 clock: outgrow.Clock | None = None) -> None:
        self.max_requests = max_requests
        self.window_size = window_size
        self.noun = outgrow.RateLimiter(f"{max_requests}/{window_size}s", policy="sliding_window",
                                        keys=keys, clock=clock)

    def allow_request(self, client_id: Hashable) -> bool:
        """Counts the request, if the window has room for it."""
        return self.noun.try_acquire(key_bytes(client_id))
