# SPDX-License-Identifier: Apache-2.0
"""A limit a client, a breaker before what fails, and a cache before what is slow. Time is a manual clock's."""

import outgrow

clock = outgrow.Clock.manual()
limiter = outgrow.RateLimiter("2/s", clock=clock)
breaker = outgrow.CircuitBreaker(failure_threshold=2, open_ms="10s", clock=clock)
cache = outgrow.Cache(codec="json", clock=clock)


@limiter.limit(key=lambda client: client)
def greet(client: str) -> str:
    return f"hello {client}"


for _ in range(3):
    try:
        print(greet("ann"))
    except outgrow.RateLimited as denied:
        print(f"come back in {denied.retry_after} s")


def broken() -> str:
    raise ConnectionError("no route")


for _ in range(3):
    try:
        breaker.call(broken)
    except outgrow.CircuitOpen as refused:
        print(f"not asked: open for {refused.retry_after} s")
    except ConnectionError as failed:
        print(f"failed: {failed}")


@cache.cached(ttl=60)
def square(number: int) -> int:
    print(f"computing {number} * {number}")
    return number * number


print(square(12), square(12))
clock.advance(60)
print(square(12))
print(f"{cache.stats['hits']} hit, {cache.stats['misses']} misses")
