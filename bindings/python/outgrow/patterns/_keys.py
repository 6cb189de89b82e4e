# SPDX-License-Identifier: Apache-2.0
"""Keys of the tutorial's classes are what a dict takes; those of the nouns are bytes."""

from __future__ import annotations

import datetime
import enum
import ipaddress
import itertools
import numbers
import uuid
import weakref
from collections.abc import Hashable, Iterable
from decimal import Decimal
from typing import Any

# Equal ones have the same repr, in every process; others have another.
_SHOWN: tuple[Any, ...] = tuple(
    kind.__eq__
    for kind in (
        uuid.UUID,
        datetime.date,
        datetime.datetime,
        datetime.time,
        datetime.timedelta,
        ipaddress.IPv4Address,
        ipaddress.IPv6Address,
    )
)


def key_bytes(key: Hashable) -> str | bytes:
    """A name that is the same for keys which a dict takes for one (1, 1.0 and True), and only for those
    ("a" is not b"a", nor 1 "1"). A str is its own name, but "" (no noun's name is empty). Names are the
    same in every process, except those of objects that equal nothing but themselves.

    TypeError for a key that no dict takes, and for one of a class with an equality of its own, of which
    nobody can tell what is equal.
    """
    if type(key) is str and key.isascii() and key >= "\1":
        return key
    hash(key)
    return _name(key)


def routing_key(key: Hashable) -> str | bytes:
    """The same where two keys may as well share a name: bytes are their own too, as in every language."""
    return key if isinstance(key, bytes) and key else key_bytes(key)


def whole_number(key: Hashable) -> int | None:
    """The int of 64 bits that the key is equal to, if there is one."""
    ratio = _ratio(key) if isinstance(key, numbers.Number) else None
    return ratio[0] if ratio and ratio[1] == 1 and -1 << 63 <= ratio[0] < 1 << 63 else None


def _name(key: Any) -> str | bytes:
    equality: Any = type(key).__eq__
    if equality is str.__eq__:
        return _text(key)
    if equality is bytes.__eq__:
        return b"\0b" + bytes(key)
    if isinstance(key, numbers.Number):
        return b"\0n" + _number(key)
    if equality is tuple.__eq__:
        return b"\0t" + _joined(map(_name, key))
    if equality is frozenset.__eq__:
        return b"\0f" + _joined(sorted(map(_encoded, map(_name, key))))
    if isinstance(key, datetime.datetime) and key.utcoffset() is not None:
        return b"\0d" + key.astimezone(datetime.timezone.utc).isoformat().encode()
    if isinstance(key, datetime.time) and key.utcoffset() is not None:
        raise TypeError("a time of day with a zone makes no key: use a datetime, or a text")
    if key is None or equality in _SHOWN:
        return b"\0r" + _encoded(repr(key))
    if isinstance(key, enum.Enum) and equality is object.__eq__:
        return b"\0e" + _joined([type(key).__module__, type(key).__qualname__, key.name])
    if equality is object.__eq__:
        return b"\0o%d" % _number_of(key)
    raise TypeError(
        f"{type(key).__qualname__} makes no key, as it has an equality of its own: "
        "use a str, bytes, a number, or a tuple of them"
    )


def _encoded(name: str | bytes) -> bytes:
    return name if isinstance(name, bytes) else name.encode("utf-8", "surrogatepass")


def _text(key: str) -> str | bytes:
    try:
        key.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return b"\0u" + _encoded(str(key))
    return str(key) if key >= "\1" else "\0s" + key


def _joined(names: Iterable[str | bytes]) -> bytes:
    return b"".join(b"%d:%s" % (len(part), part) for part in map(_encoded, names))


def _is_complex(number: Any) -> bool:
    return isinstance(number, numbers.Complex) and not isinstance(number, numbers.Real)


def _ratio(number: Any) -> tuple[int, int] | None:
    """None for what is not finite, and for what is not real."""
    if isinstance(number, numbers.Integral):
        return int(number), 1
    if _is_complex(number):
        if number.imag != 0:
            return None
        number = number.real
    if isinstance(number, Decimal) and number.is_finite() and abs(number.adjusted()) > 10_000:
        raise ValueError(
            f"{number} is too long a number for a key"
        )  # written out, it fills the memory
    try:
        over, under = number.as_integer_ratio()
    except (OverflowError, ValueError):
        return None
    return int(over), int(under)


def _number(key: Any) -> bytes:
    ratio = _ratio(key)
    if ratio is not None:
        return b"%x/%x" % ratio
    if _is_complex(key):
        return (
            b"%sj%s" % (_number(key.real), _number(key.imag))
            if key.imag != 0
            else _number(key.real)
        )
    return b"nan" if key != key else b"inf" if key > 0 else b"-inf"


def _number_of(key: Any) -> int:
    """The object's own for as long as it lives, and nobody's after it."""
    return _known.setdefault(key, next(_numbers))


_numbers = itertools.count()
_known: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
