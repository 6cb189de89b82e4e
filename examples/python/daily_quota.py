# SPDX-License-Identifier: Apache-2.0
"""50,000 calls a day for each customer, by the clocks of Paris: at midnight there all are there again, also on the days
of 23 and of 25 hours. What a day leaves unused carries over, up to three days' worth."""

from datetime import datetime
from zoneinfo import ZoneInfo

import outgrow

PARIS = ZoneInfo("Europe/Paris")
SATURDAY = int(datetime(2026, 3, 28, 18, tzinfo=PARIS).timestamp())
clock = outgrow.Clock.manual(SATURDAY * 10**9)  # a service leaves it out
calls = outgrow.RateLimiter(
    "50000/day", burst=150_000, policy="calendar_window", time_zone="Europe/Paris", clock=clock
)


def shown(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, PARIS):%d %B %H:%M}"


def attempt(count: int) -> None:
    wait = calls.try_acquire_ns("acme", count) / 1e9
    left = calls.standing("acme").remaining
    said = f"again in {wait / 3600:.0f} h, at {shown(clock.now() + wait)}" if wait else "passed"
    print(f"{shown(clock.now())}  {count:>7,}  {said}; {left:,} left")


attempt(150_000)
attempt(1)
clock.advance(6 * 3600)  # midnight of a day of 23 hours
attempt(50_000)
attempt(1)
clock.advance(23 * 3600)
attempt(10_000)
clock.advance(24 * 3600)
attempt(0)
