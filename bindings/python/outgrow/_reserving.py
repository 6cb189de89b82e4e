# SPDX-License-Identifier: Apache-2.0
"""What is reserved of a rate limiter until it is known what it cost."""

from typing import Any

from outgrow._refusals import limited

__all__ = ["Reservation"]


class Reservation:
    """What RateLimiter.reserve took: `amount` of `key`. Settled once, with what it cost; a with block that
    ends without that cancels it. For one thread."""

    __slots__ = ("_limiter", "_number", "amount", "key")

    def __init__(self, limiter: Any, number: int | None, key: Any, amount: int) -> None:
        self._limiter, self._number = limiter, number
        self.key, self.amount = key, amount

    def settle(self, actual: int) -> bool:
        """Says what it cost: what was not used comes back, what is more is taken be it there or not. Where
        the reservation's time was over, the whole cost is charged. Whether the reservation still stood; a
        second settlement does nothing."""
        number = self._number
        if number is None:
            return False
        stood = self._limiter.settle(number, actual)
        self._number = None
        if not stood:
            self._limiter.charge(self.key, actual)
        return stood

    def cancel(self) -> bool:
        """It did not happen: it cost nothing. Whether the reservation still stood."""
        number, self._number = self._number, None
        return number is not None and self._limiter.cancel(number)

    def __enter__(self) -> "Reservation":
        return self

    def __exit__(self, *thrown: object) -> None:
        self.cancel()

    def __repr__(self) -> str:
        state = "out" if self._number is not None else "ended"
        return f"<{type(self).__name__} of {self.amount}, {state}>"


def reserve(limiter, key, amount, within):
    number = limiter.try_reserve(key, amount, within)
    if number is None:
        raise limited(limiter, limiter.peek(key, amount))
    return Reservation(limiter, number, key, amount)
