# SPDX-License-Identifier: Apache-2.0
class CircuitBreaker(_Guard):
    """CircuitBreaker(failure_threshold=5, open_ms="30s"). `with breaker:`, `async with breaker:`,
    breaker.call(f, ...) and @breaker guard a call: an Exception is a failure, unless it is one of
    ignore=(Class, ...), which count as successes; what is no Exception (a cancelled task, Ctrl-C) counts
    for nothing. Open, they raise CircuitOpen. Safe from every thread."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        ignore: type[BaseException] | tuple[type[BaseException], ...] | None = None,
        scope: Scope | None = None,
        name: str | None = None,
        **options: Unpack[CircuitBreakerOptions],
    ) -> None: ...
