# SPDX-License-Identifier: Apache-2.0
"""count.py CALL ROUNDS CALLS: see run.sh."""

import sys

import outgrow

call, rounds, calls = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
clock = outgrow.Clock.manual()
limiter, breaker = (
    outgrow.RateLimiter("100000000/s", clock=clock),
    outgrow.CircuitBreaker(clock=clock),
)
acquire, enter, leave = limiter.try_acquire, breaker.enter, breaker.exit
for _ in range(rounds):
    if call == "limiter":
        for _ in range(calls):
            acquire("abcdefgh")
    else:
        for _ in range(calls):
            leave(enter(), True)
    outgrow.Clock.manual()
