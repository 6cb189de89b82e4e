# SPDX-License-Identifier: Apache-2.0
"""What is raised where something was refused."""

from outgrow import _core
from outgrow._errors import RateLimited


def seconds(wait_ns: int) -> float:
    """A wait in seconds: inf for never."""
    return float("inf") if wait_ns == _core.NEVER else wait_ns / 1e9


def refused(kind, message, after):
    """An error of that kind, which may be tried again after so many seconds."""
    error = kind(message)
    error.retry_after = after
    return error


def limited(limiter, after):
    """RateLimited, in the limiter's own words."""
    return refused(RateLimited, limiter.refusal(after), after)
