# SPDX-License-Identifier: Apache-2.0
"""What calls with more than one answer return."""

from typing import NamedTuple


class Verdict(NamedTuple):
    """Of RateLimiter.acquire_detailed: the fields of HTTP's RateLimit and Retry-After."""

    wait_ns: int
    limit: int
    remaining: int
    reset_after_ns: int
