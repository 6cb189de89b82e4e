# SPDX-License-Identifier: Apache-2.0
"""RateLimiter and SlidingWindowRateLimiter, over outgrow.RateLimiter."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction

import outgrow
from outgrow.patterns._keys import key_bytes
from outgrow.patterns._numbers import whole, within

_MOST_TOKENS = 10**12
_MOST_REQUESTS = 1_000_000
_MOST_SECONDS = 10**9  # 31 years


def _rate(a_second: float) -> str:
    """Counts and periods of a rate are whole: 2.5 a second are 5 in 2 s, and 0.3 are 3 in 10 s. To
    within a millionth of itself, however slow."""
    exact = Fraction(a_second)
    if exact >= 1:
        count, period = exact.limit_denominator(1_000_000).as_integer_ratio()
    else:  # the time that a token takes, in seconds; a period has less than 2**63 ns
        most = max(1, min(1_000_000, int(9 * _MOST_SECONDS * exact)))
        period, count = (1 / exact).limit_denominator(most).as_integer_ratio()
    return f"{count}/{period}s"


class RateLimiter:
    """Token bucket: `max_tokens` at once, `refill_rate` tokens a second.

    Other than the tutorial's: memory is fixed, for `keys` clients at a time, as those whose bucket is
    full again are forgotten; a clock that steps back grants nothing; tokens are whole, not negative,
    and come at least once in 31 years. With max_tokens 0 nobody passes, as there.
    """

    def __init__(
        self,
        max_tokens: int = 100,
        refill_rate: float = 10,
        *,
        keys: int = 65536,
        clock: outgrow.Clock | None = None,
    ) -> None:
        self.max_tokens = whole("max_tokens", max_tokens, 0, _MOST_TOKENS)
        self.refill_rate = within("refill_rate", refill_rate, 1 / _MOST_SECONDS, 1e9)
        self.noun = outgrow.RateLimiter(
            _rate(refill_rate), burst=max(1, self.max_tokens), keys=keys, clock=clock
        )

    def allow_request(self, client_id: Hashable, tokens_required: int = 1) -> bool:
        """Takes the tokens, all or none."""
        most = self.max_tokens + 1  # more is refused alike
        cost = whole("tokens_required", min(tokens_required, most), 0, most)
        if self.max_tokens == 0 and cost > 0:
            cost = 2  # the noun's bucket holds one at least
        return self.noun.try_acquire(key_bytes(client_id), cost)


class SlidingWindowRateLimiter:
    """At most `max_requests` in any `window_size` seconds.

    Other than the tutorial's: memory is bounded, 16 bytes a request for `keys` clients at a time, or a
    new client is refused; taken when they come. Without `keys` they are 16,384, or as many as have room
    in 2 GiB. A clock that steps back grants nothing. With max_requests 0 nobody passes, as there.
    """

    def __init__(
        self,
        max_requests: int = 100,
        window_size: float = 60,
        *,
        keys: int | None = None,
        clock: outgrow.Clock | None = None,
    ) -> None:
        self.max_requests = whole("max_requests", max_requests, 0, _MOST_REQUESTS)
        self.window_size = within("window_size", window_size, 1e-9, _MOST_SECONDS)
        most = max(1, self.max_requests)
        each = 32 + 16 * most  # bytes a client
        if keys is None:
            keys = min(16384, (1 << 31) // each)
        self.noun = outgrow.RateLimiter(
            f"{most}/{round(window_size * 10**9)}ns",
            policy="sliding_window",
            keys=keys,
            max_memory=max(1 << 28, 2 * keys * each),
            clock=clock,
        )

    def allow_request(self, client_id: Hashable) -> bool:
        """Counts the request, if the window has room for it."""
        return self.noun.try_acquire(key_bytes(client_id), 1 if self.max_requests else 2)
