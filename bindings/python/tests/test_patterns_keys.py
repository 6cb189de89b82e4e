# SPDX-License-Identifier: Apache-2.0
"""Which keys the tutorial's classes take for one: those that its dicts do."""

import os
import subprocess
import sys
import uuid
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction

import pytest
from outgrow import Clock, patterns
from outgrow.patterns._keys import key_bytes, routing_key


class Colour(Enum):
    RED = 1
    BLUE = 2


class Level(IntEnum):
    ONE = 1


class OwnEquality:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1

    def __repr__(self):
        return "the same"


class Thing:
    def __repr__(self):
        return "the same"


THINGS = [Thing(), Thing()]
NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
KEYS = [
    1,
    1.0,
    True,
    Fraction(1),
    Decimal("1.00"),
    1 + 0j,
    Level.ONE,
    0,
    -0.0,
    False,
    -1,
    2**70,
    float(2**70),
    0.1,
    Fraction(0.1),
    Decimal("0.1"),
    1.5,
    Fraction(3, 2),
    float("inf"),
    Decimal("inf"),
    -float("inf"),
    1j,
    complex("inf"),
    complex(1, -1),
    10**5000,
    Decimal("1e5000"),
    "1",
    b"1",
    "a",
    b"a",
    "",
    b"",
    "\0",
    "\0s",
    "\0n1",
    b"\0n1",
    "é",
    "é".encode(),
    "\ud800",
    None,
    "None",
    (),
    ("a",),
    ("a", "b"),
    ("ab",),
    ("1:a",),
    (1, "a"),
    (True, "a"),
    ("1", "a"),
    (("a",), "b"),
    ("a", ("b",)),
    (b"a",),
    frozenset(),
    frozenset([1, 2]),
    frozenset([2.0, True]),
    frozenset(["1", "2"]),
    Colour.RED,
    Colour.BLUE,
    date(2026, 1, 1),
    datetime(2026, 1, 1),
    NOON,
    NOON.astimezone(timezone(timedelta(hours=5))),
    timedelta(seconds=60),
    timedelta(minutes=1),
    uuid.UUID(int=1),
    int,
    Thing,
    *THINGS,
]


def test_keys_are_one_where_a_dict_takes_them_for_one():
    for left in KEYS:
        for right in KEYS:
            alike = len({left: 0, right: 0}) == 1
            assert (key_bytes(left) == key_bytes(right)) == alike, (left, right)


def test_names_of_values_are_the_same_in_every_process():
    shown = "; ".join(
        [
            "from outgrow.patterns._keys import key_bytes",
            "print([key_bytes(key) for key in (1, 'a', b'a', (1, 'b'), None, 0.1)], "
            "key_bytes(frozenset(['x', 'y', 'z'])))",
        ]
    )
    said = {
        subprocess.check_output(
            [sys.executable, "-c", shown], env={**os.environ, "PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1


@pytest.mark.parametrize("key", [[], {}, ([],), OwnEquality(), (OwnEquality(),)])
def test_what_makes_no_key_is_told(key):
    with pytest.raises(TypeError):
        key_bytes(key)


def test_a_number_that_fills_the_memory_makes_no_key():
    with pytest.raises(ValueError, match="too long a number"):
        key_bytes(Decimal("1e999999999"))


def test_bytes_go_where_they_go_in_every_language():
    assert routing_key(b"a") == b"a" and routing_key(b"") == key_bytes(b"")
    shards = list(range(7))
    map_of = patterns.DatabaseSharding(shards)
    assert map_of.get_shard(b"abc") == map_of.noun.of(b"abc") == map_of.get_shard("abc")
    assert {map_of.get_shard(key) for key in (1, 1.0, True, Fraction(1))} == {map_of.noun.of(1)}
    assert map_of.get_shard(2**70) in shards  # more than the 64 bits of a number elsewhere


def test_clients_are_told_apart_as_by_the_tutorial():
    limiter = patterns.RateLimiter(1, 1, clock=Clock.manual())
    window = patterns.SlidingWindowRateLimiter(1, 60, clock=Clock.manual())
    for allowed in (limiter.allow_request, window.allow_request):
        assert [allowed(client) for client in (1, 1.0, True, "a", b"a", "1")] == [
            True,
            False,
            False,
            True,
            True,
            True,
        ]
