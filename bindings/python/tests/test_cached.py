# SPDX-License-Identifier: Apache-2.0
"""@cache.cached(), and what it takes for the same call without key=: what Python's repr shows of its
arguments."""

import asyncio
import enum
import random
from collections import namedtuple

import pytest
from outgrow import Cache, Clock, _core


class Colour(enum.IntEnum):
    RED = 1


class Loud(str):
    def __repr__(self):
        return f"Loud({str(self)!r})"


Point = namedtuple("Point", "x y")

VALUES = [
    "", "client-000012345", "it's", 'say "it"', "it's \"it\"", "back\\slash", "tab\t", "\x7f", "\0", "naïve",
    "\ud800", "🙂", Loud("ann"), b"", b"it's\0", 0, -1, 7, 2**63 - 1, -2**63, 2**63, 10**40, True, False, None,
    0.1, -0.0, 1e300, float("inf"), float("nan"), Colour.RED, (), (1,), ("a", (b"b", (None, -1))), Point(1, "y"),
]


def shown(name, args, kwargs):
    return f"{name}{args!r}{sorted(kwargs.items())!r}".encode()


@pytest.mark.parametrize("value", VALUES, ids=ascii)
def test_a_key_is_what_repr_shows(value):
    key = _core._key_by_arguments("module.name")
    for args, kwargs in [((value,), {}), ((value, 1, value), {}), ((), {"by": value}),
                         ((value,), {"b": 1, "a": value, "é": 2, "it's": 3, "ab": value})]:
        assert key(*args, **kwargs) == shown("module.name", args, kwargs)


def test_keys_of_any_arguments_are_what_repr_shows():
    draw = random.Random(7)
    key = _core._key_by_arguments("f")

    def value(depth=0):
        if depth < 4 and draw.random() < 0.3:
            return tuple(value(depth + 1) for _ in range(draw.randrange(4)))
        return draw.choice(VALUES)

    for _ in range(2000):
        args = tuple(value() for _ in range(draw.randrange(4)))
        kwargs = {draw.choice("abcdefgh") * draw.randrange(1, 3): value() for _ in range(draw.randrange(4))}
        assert key(*args, **kwargs) == shown("f", args, kwargs)


class Nameless:
    def __repr__(self):
        return "<one of many>"


@pytest.mark.parametrize("value, named", [
    (Nameless(), "Nameless"), ([1], "list"), ({}, "dict"), (1j, "complex"), (bytearray(b"k"), "bytearray"),
    ((1, [2]), "list"), (Point(1, {}), "dict"),
])
def test_what_is_not_plain_makes_no_key(value, named):
    calls = []
    cached = Cache(codec="pickle").cached()(lambda *args, **kwargs: calls.append(1))
    for call in (lambda: cached(value), lambda: cached(1, by=value)):
        with pytest.raises(TypeError, match=rf"<lambda>: a {named} makes no key; give cached\(key=...\)"):
            call()
    assert not calls


def test_a_tuple_in_tuples_without_end_is_an_error():
    deep = ()
    for _ in range(200_000):
        deep = (deep,)
    with pytest.raises(RecursionError):
        Cache().cached()(bytes)(deep)
    while deep:  # taken apart by hand, as Python would recurse too
        deep, = deep


def test_equal_calls_are_one_and_others_are_not():
    cache, calls = Cache(codec="pickle"), []

    @cache.cached()
    def add(one, two=2, *, more=0):
        calls.append((one, two, more))
        return [one, two, more]

    assert add(1) == add(1) == [1, 2, 0] and len(calls) == 1
    assert add(1, 2) == [1, 2, 0] and add("1") == ["1", 2, 0] and add(True) == [True, 2, 0] and len(calls) == 4
    assert add(1, more=3, two=4) == add(1, two=4, more=3) == [1, 4, 3] and len(calls) == 5

    @cache.cached()
    async def later(one):
        calls.append(one)
        return one

    async def twice():
        return [await later("x"), await later("x")]

    assert asyncio.run(twice()) == ["x", "x"] and len(calls) == 6


def test_a_cached_call_is_made_again_when_its_time_is_over():
    clock = Clock.manual()
    cache = Cache(codec="pickle", clock=clock)
    calls = []

    @cache.cached(ttl=10)
    def square(number):
        calls.append(number)
        return number * number

    assert [square(3), square(3), square(4)] == [9, 9, 16] and calls == [3, 4]
    clock.advance(10)
    assert square(3) == 9 and calls == [3, 4, 3]
