# SPDX-License-Identifier: Apache-2.0
"""A scan: a million addresses ask once each, and ten customers ask as they always do. In a table of cells the scan takes all the
room, and a customer who comes later has none. In a sketch nobody needs any."""

import outgrow

clock = outgrow.Clock.manual()  # a service leaves clock and seed out
table = outgrow.RateLimiter("100/min", keys=65536, seed=1, clock=clock)
sketch = outgrow.RateLimiter(
    "100/min", policy="count_min", sketch_width=1 << 18, seed=1, clock=clock
)
size = sketch.stat(outgrow.LimiterStat.MEMORY)

scan = [f"2001:db8::{i:x}" for i in range(1_000_000)]
customers = [f"customer-{i % 10}" for i in range(900)]  # 90 each
for name, limiter in (("a table of cells", table), ("a sketch", sketch)):
    limiter.acquire_many(scan)
    print(
        f"{name}: {sum(limiter.acquire_many(customers))} of 900 calls of customers are let through"
    )

greedy = sum(sketch.acquire_many(["greedy"] * 1000))
print("at most its limit, for one who asks a thousand times:", greedy <= 100)
print("at least nine tenths of it:", greedy >= 90)
print(
    "no more memory than before:",
    sketch.stat(outgrow.LimiterStat.MEMORY) == size,
    f"({size / 2**20:.1f} MiB)",
)
