# SPDX-License-Identifier: Apache-2.0
"""A job that calls a partner's API, five times a second at most, evenly spaced: a burst of 1 paces. Who comes is told at once
when its turn is, waits for it, and asks nothing again; a large call is not passed by by small ones. What would wait for more
than a second is refused, so that no queue grows behind a partner that is slow."""

import asyncio

import outgrow

clock = outgrow.Clock.manual()  # a service leaves it out
partner = outgrow.RateLimiter("5/s", burst=1, max_wait_ms="1s", clock=clock)


async def call(number: int) -> str:
    try:
        await partner.acquire()
    except outgrow.RateLimited as limited:
        return f"{number} is refused, as it would wait {limited.retry_after:.1f} s"
    return f"{number} at {clock.now():.1f} s"


async def main() -> None:
    calls = [asyncio.create_task(call(number)) for number in range(8)]
    while not all(each.done() for each in calls):
        await asyncio.sleep(0)
        clock.advance(0.1)
        for _ in range(5):
            await asyncio.sleep(0)
    for each in calls:
        print(await each)


asyncio.run(main())
