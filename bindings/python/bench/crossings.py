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
limiter, breaker, shards, cache = (
    outgrow.RateLimiter("1000000000/s"),
    outgrow.CircuitBreaker(),
    outgrow.ShardMap(),
    outgrow.Cache(),
)
cache.set(KEY, b"value")
endpoints = outgrow.Endpoints()
endpoints.add("a")
balancer = outgrow.Balancer(endpoints)
service = outgrow.Service(limiter={"rate": "1000000000/s"})
plain_guard = plain.Guard()


@limiter.limit(key=KEY)
def limited():
    pass


@breaker
def guarded():
    pass


@cache.cached()
def cached(key):
    return b"value"


@cache.cached(key=lambda key: key)
def cached_by(key):
    return b"value"


def ours():
    with breaker:
        pass


def by_hand():
    with plain_guard:
        pass


def empty():
    pass


# Statement, its names, the hand-written one beside it.
CASES = {
    "limiter.try_acquire": (
        "try_acquire(KEY)",
        {"try_acquire": limiter.try_acquire},
        "plain_acquire(KEY)",
    ),
    "limiter.peek": ("peek(KEY)", {"peek": limiter.peek}, "plain_peek(KEY)"),
    "breaker.enter, exit": (
        "exit(enter())",
        {"enter": breaker.enter, "exit": breaker.exit},
        "plain_leave(plain_enter())",
    ),
    "with breaker": ("with breaker: pass", {"breaker": breaker}, "with plain_guard: pass"),
    "with breaker, in a function": ("ours()", {"ours": ours}, "by_hand()"),
    "@breaker": ("guarded()", {"guarded": guarded}, "(plain_leave(plain_enter()), empty())"),
    "@limiter.limit": ("limited()", {"limited": limited}, "(plain_acquire(KEY), empty())"),
    "shards.of": ("of(KEY)", {"of": shards.of}, "plain_of(KEY)"),
    "cache.get": ("get(KEY)", {"get": cache.get}, "plain_get(KEY)"),
    "@cache.cached(key=...)": ("cached_by(KEY)", {"cached_by": cached_by}, "plain_get(KEY)"),
    "@cache.cached()": ("cached(KEY)", {"cached": cached}, "plain_get(f'cached({KEY!r})')"),
    "balancer.acquire, release": (
        "release(acquire()[0])",
        {"acquire": balancer.acquire, "release": balancer.release},
        "plain_release(plain_pick()[0])",
    ),
    "balancer.acquire, cancel": (
        "cancel(acquire()[0])",
        {"acquire": balancer.acquire, "cancel": balancer.cancel},
        "plain_uncount(plain_pick()[0])",
    ),
    "service.begin, cancel": (
        "cancel(begin(KEY)[0])",
        {"begin": service.begin, "cancel": service.cancel},
        "plain_undo(plain_begin(KEY)[0])",
    ),
}
PLAIN = {
    "plain_acquire": plain.try_acquire,
    "plain_peek": plain.peek,
    "plain_enter": plain.enter,
    "plain_leave": plain.leave,
    "plain_guard": plain_guard,
    "by_hand": by_hand,
    "plain_of": plain.shard_of,
    "plain_get": plain.get,
    "plain_pick": plain.acquire,
    "plain_release": plain.release,
    "plain_uncount": plain.uncount,
    "plain_begin": plain.begin,
    "plain_undo": plain.undo,
    "empty": empty,
    "KEY": KEY,
}


def ns(*statements, times=100_000):
    """Of each (statement, names) the best of several, by turns, with what the loop itself takes."""
    timers = [
        timeit.Timer(statement, globals={**PLAIN, **names}) for statement, names in statements
    ]
    rounds = [[timer.timeit(times) for timer in timers] for _ in range(11)]
    return [min(taken) / times * 1e9 for taken in zip(*rounds)]


wanted = next((a.split("=", 1)[1] for a in sys.argv[2:] if a.startswith("--benchmark_filter=")), "")
print(f"\n{'Python':30} {'ns':>8} {'by hand':>8} {'ratio':>7}")
for name, (statement, names, by_hand) in CASES.items():
    if re.search(wanted, name):
        ours, theirs = ns((statement, names), (by_hand, {}))
        print(f"{name:30} {ours:8.0f} {theirs:8.0f} {ours / theirs:6.2f}x")
