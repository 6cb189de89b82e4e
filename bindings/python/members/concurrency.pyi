# SPDX-License-Identifier: Apache-2.0
class ConcurrencyLimiter(_Guard):
    """ConcurrencyLimiter(8): at most 8 at a time, over all threads and tasks, and with scope= and name= over all
    processes of the machine, or all machines of a fleet. `with limiter:`, `async with limiter:`,
    limiter.call(f, ...) and @limiter hold a permit for the call, or raise ConcurrencyFull at once. A permit that
    is not returned within permit_ms, or whose process is gone, is taken back. Safe from every thread."""
