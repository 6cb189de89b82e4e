# SPDX-License-Identifier: Apache-2.0
"""The exceptions. What is refused, open, missing or absent is no error where it is a plain answer."""

from outgrow._enums import Status

__all__ = [
    "BadValue",
    "CircuitOpen",
    "ClosedError",
    "ConcurrencyFull",
    "Full",
    "InvalidArgument",
    "OutgrowError",
    "RateLimited",
    "Refused",
    "StoreError",
    "StoreTimeout",
    "Unavailable",
    "UnknownOption",
    "Unsupported",
]


class OutgrowError(Exception):
    """Of everything here. `status` says what kind, `option` which option or argument is at fault."""

    status: Status = Status.INTERNAL
    option: str | None = None


class InvalidArgument(OutgrowError, ValueError):
    """A negative, unknown or absurd argument."""

    status = Status.INVALID_ARGUMENT


class ClosedError(OutgrowError, ValueError):
    """The noun is closed."""

    status = Status.CLOSED


class UnknownOption(OutgrowError, TypeError):
    """A keyword argument that is no option; the message names the nearest that is."""

    status = Status.UNKNOWN_OPTION


class BadValue(OutgrowError, ValueError):
    """An option's value does not parse, or is out of its range."""

    status = Status.BAD_VALUE


class StoreError(OutgrowError):
    """A system of record answered with an error; __cause__ is what a store of yours raised."""

    status = Status.STORE


class StoreTimeout(StoreError, TimeoutError):
    """A system of record did not answer in time."""

    status = Status.TIMEOUT


class Full(OutgrowError):
    """A bounded buffer or table has no room."""

    status = Status.FULL


class Unsupported(OutgrowError, NotImplementedError):
    """Not in this build."""

    status = Status.UNSUPPORTED


class Refused(OutgrowError):
    """A call that may not be made now; in `retry_after` seconds it may, or never (inf)."""

    status = Status.REFUSED
    retry_after: float = 0.0


class RateLimited(Refused):
    """Over the rate limit."""

    status = Status.DENIED


class CircuitOpen(Refused):
    """The circuit breaker is open, or out of half-open permits. When one of these comes back nobody knows:
    retry_after is 0 then."""


class Unavailable(Refused):
    """No server or node may be chosen. When one may nobody knows: retry_after is 0."""

    status = Status.NONE


class ConcurrencyFull(Refused, Full):
    """As many calls are in flight as may be. When one of them ends nobody knows: retry_after is 0."""

    status = Status.FULL
