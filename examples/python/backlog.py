# SPDX-License-Identifier: Apache-2.0
"""A queue's workers are scaled by what waits: no item is to wait longer than half a minute."""

import outgrow

MINUTE = 60_000_000_000

# An item takes a worker 2 s; `jobs` come in a minute. Both are of the whole fleet.
scaler = outgrow.AutoScaler(
    metrics="queue: backlog target=30s service=2s arrivals=jobs; jobs: input",
    min_instances=1,
    max_instances=40,
    initial_instances=4,
    scale_down_window_ms="2m",
    scale_down_cooldown_ms=0,
    clock=outgrow.Clock.manual(0),
)

WORK = [(0, 110), (4, 120), (180, 300), (90, 300), (0, 120), (0, 120), (0, 120)]

for minute, (waiting, arrivals) in enumerate(WORK):
    scaler.observe_named("queue", waiting, now_ns=minute * MINUTE)
    scaler.observe_named("jobs", arrivals, now_ns=minute * MINUTE)
    decision = scaler.explain(now_ns=minute * MINUTE)
    print(f"minute {minute}: {decision}")
