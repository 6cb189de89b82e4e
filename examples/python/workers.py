# SPDX-License-Identifier: Apache-2.0
"""Four worker processes, one limit: together they let through what one would. A real service names its
segment once and never removes it; here the name is this run's own."""

import multiprocessing
import os

import outgrow


def worker(segment: str) -> int:
    scope = outgrow.Scope.host(segment)
    limiter = outgrow.RateLimiter("10/h", scope=scope, name="logins")
    return sum(limiter.try_acquire("alice") for _ in range(8))


if __name__ == "__main__":
    segment = f"/outgrow-example-{os.getpid()}"
    with multiprocessing.Pool(4) as pool:
        admitted = sum(pool.map(worker, [segment] * 4))
    print(f"4 workers asked 8 times each for alice, who may 10 an hour: {admitted} passed")
    outgrow.Scope.remove(segment)
