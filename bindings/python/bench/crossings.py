# SPDX-License-Identifier: Apache-2.0
"""crossings.py FOLDER [--benchmark_filter=REGEX]: what a call costs from Python, each beside a function
written by hand in C (plain.c, in FOLDER), in one run: the ratio says something on a noisy machine."""

import re
import sys
import timeit

import outgrow

sys.path.insert(0, sys.argv[1])
import plain  # noqa: E402

KEY = "client-000012345"
limiter, breaker, shards, cache = (outgrow.RateLimiter("1000000000/s"), outgrow.CircuitBreaker(),
                                   outgrow.ShardMap(), outgrow.Cache())
cache.set(KEY, b"value")


@limiter.limit(key=KEY)
def limited():
    pass


@breaker
def guarded():
    pass


def empty():
    pass


# Statement, the hand-written one beside it.
CASES = {
    "limiter.try_acquire": ("try_acquire(KEY)", {"try_acquire": limiter.try_acquire}, "plain_acquire(KEY)"),
    "breaker.enter, exit": ("exit(enter())", {"enter": breaker.enter, "exit": breaker.exit}, "plain_leave(plain_enter())"),
    "with breaker": ("with breaker: pass", {"breaker": breaker}, "plain_leave(plain_enter())"),
    "@breaker": ("guarded()", {"guarded": guarded}, "(plain_leave(plain_enter()), empty())"),
    "@limiter.limit": ("limited()", {"limited": limited}, "(plain_acquire(KEY), empty())"),
    "shards.of": ("of(KEY)", {"of": shards.of}, "plain_of(KEY)"),
    "cache.get": ("get(KEY)", {"get": cache.get}, "plain_get(KEY)"),
}
PLAIN = {"plain_acquire": plain.try_acquire, "plain_enter": plain.enter, "plain_leave": plain.leave,
         "plain_of": plain.shard_of, "plain_get": plain.get, "empty": empty, "KEY": KEY}


def ns(statement, names, times=200_000):
    """The best of several, with what the loop itself takes."""
    timer = timeit.Timer(statement, globals={**PLAIN, **names})
    return min(timer.repeat(7, times)) / times * 1e9


wanted = next((a.split("=", 1)[1] for a in sys.argv[2:] if a.startswith("--benchmark_filter=")), "")
print(f"\n{'Python':30} {'ns':>8} {'by hand':>8} {'ratio':>7}")
for name, (statement, names, by_hand) in CASES.items():
    if re.search(wanted, name):
        ours, theirs = ns(statement, names), ns(by_hand, {})
        print(f"{name:30} {ours:8.0f} {theirs:8.0f} {ours / theirs:6.2f}x")
