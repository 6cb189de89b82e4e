# SPDX-License-Identifier: Apache-2.0
"""What a service used in a week says what to give it, as the files of its cgroup."""

import math

from outgrow import Clock, Sizer

DAY_MINUTES = 24 * 60
MIB = 2**20


def used(minute: int) -> tuple[float, float]:
    """Cores and bytes: busy by day, and a cache that fills."""
    day = math.sin(2 * math.pi * (minute / DAY_MINUTES - 0.25))
    return 0.6 + 0.4 * day, (300 + 60 * day) * MIB


clock = Clock.manual()
sizer = Sizer(weekend_weight=20, clock=clock)
for minute in range(7 * DAY_MINUTES):
    cores, size = used(minute)
    sizer.observe_cpu(cores)
    sizer.observe_memory(size)
    clock.advance(60)

for event in ("a week", "a kill at 512 MiB"):
    if event != "a week":
        sizer.observe_oom(512 * MIB)
    sizing = sizer.recommend()
    print(f"after {event}: {sizing}")
    print(f"  cpu.weight   {sizing.cpu_weight}")
    print(f"  cpu.max      {sizing.cpu_max}")
    print(f"  memory.high  {sizing.memory_high}")
    print(f"  memory.max   {sizing.memory_max}")
