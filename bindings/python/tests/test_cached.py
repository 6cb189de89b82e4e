# SPDX-License-Identifier: Apache-2.0
"""@cache.cached(), and what it takes for the same call without key=: what Python's repr shows of its
arguments."""

import asyncio
import enum
import functools
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
    "",
    "client-000012345",
    "it's",
    'say "it"',
    'it\'s "it"',
    "back\\slash",
    "tab\t",
    "\x7f",
    "\0",
    "naïve",
    "\ud800",
    "🙂",
    b"",
    b"it's\0",
    0,
    -1,
    7,
    2**63 - 1,
    -(2**63),
    2**63,
    10**40,
    True,
    False,
    None,
    0.1,
    -0.0,
    1e300,
    float("inf"),
    float("nan"),
    (),
    (1,),
    ("a", (b"b", (None, -1))),
]


def shown(name, args, kwargs):
    return f"{name}{args!r}{sorted(kwargs.items())!r}".encode()


@pytest.mark.parametrize("value", VALUES, ids=ascii)
def test_a_key_is_what_repr_shows(value):
    key = _core._key_by_arguments("module.name")
    for args, kwargs in [
        ((value,), {}),
        ((value, 1, value), {}),
        ((), {"by": value}),
        ((value,), {"b": 1, "a": value, "é": 2, "it's": 3, "ab": value}),
    ]:
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
        kwargs = {
            draw.choice("abcdefgh") * draw.randrange(1, 3): value()
            for _ in range(draw.randrange(4))
        }
        assert key(*args, **kwargs) == shown("f", args, kwargs)


class Masked(str):
    def __repr__(self):
        return "***"


class Slotted(str):
    __slots__ = ("more",)


class Half(float):
    def __repr__(self):
        return "***"


class Raw(bytes):
    def __repr__(self):
        return "***"


@pytest.mark.parametrize(
    "value, key",
    [
        (Loud("ann"), "Loud('ann',)"),
        (Colour.RED, "Colour(1,)"),
        (Point(1, "y"), "Point(1, 'y')"),
        (Masked("one"), "Masked('one',)"),
        (Half(0.5), "Half(0.5,)"),
        (Raw(b"r"), "Raw(b'r',)"),
        (
            Point(Masked("one"), (Raw(b""),)),
            f"Point({__name__}.Masked('one',), ({__name__}.Raw(b'',),))",
        ),
    ],
)
def test_what_a_subclass_shows_of_itself_is_no_key(value, key):
    assert _core._key_by_arguments("f")(value) == f"f({__name__}.{key},)[]".encode()


def test_subclasses_that_make_no_key():
    class Local(str):
        pass

    noted = Masked("one")
    noted.more = 1
    cached = Cache().cached()(lambda value: b"v")
    for value, fault in (
        (Local("a"), "a class of no module"),
        (Slotted("a"), "with attributes"),
        (noted, "with attributes"),
        (Point(noted, 1), "with attributes"),
    ):
        with pytest.raises(TypeError, match=fault + r",? makes no key; give cached\(key=...\)"):
            cached(value)


class Nameless:
    def __repr__(self):
        return "<one of many>"


@pytest.mark.parametrize(
    "value, named",
    [
        (Nameless(), "Nameless"),
        ([1], "list"),
        ({}, "dict"),
        (1j, "complex"),
        (bytearray(b"k"), "bytearray"),
        ((1, [2]), "list"),
        (Point(1, {}), "dict"),
    ],
)
def test_what_is_not_plain_makes_no_key(value, named):
    calls = []
    cached = Cache(codec="pickle").cached()(lambda *args, **kwargs: calls.append(1))
    for call in (lambda: cached(value), lambda: cached(1, by=value)):
        with pytest.raises(
            TypeError, match=rf"<lambda>: a {named} makes no key; give cached\(key=...\)"
        ):
            call()
    assert not calls


def test_a_tuple_in_tuples_without_end_is_an_error():
    deep = ()
    for _ in range(200_000):
        deep = (deep,)
    with pytest.raises(RecursionError):
        Cache().cached()(bytes)(deep)
    while deep:  # taken apart by hand, as Python would recurse too
        (deep,) = deep


def test_equal_calls_are_one_and_others_are_not():
    cache, calls = Cache(codec="pickle"), []

    @cache.cached()
    def add(one, two=2, *, more=0):
        calls.append((one, two, more))
        return [one, two, more]

    assert add(1) == add(1) == [1, 2, 0] and len(calls) == 1
    assert (
        add(1, 2) == [1, 2, 0]
        and add("1") == ["1", 2, 0]
        and add(True) == [True, 2, 0]
        and len(calls) == 4
    )
    assert add(1, more=3, two=4) == add(1, two=4, more=3) == [1, 4, 3] and len(calls) == 5

    @cache.cached()
    async def later(one):
        calls.append(one)
        return one

    async def twice():
        return [await later("x"), await later("x")]

    assert asyncio.run(twice()) == ["x", "x"] and len(calls) == 6


def test_closures_lambdas_and_methods_of_one_name_have_keys_of_their_own():
    cache = Cache(codec="json")

    def multiplier(n):
        @cache.cached()
        def times(x):
            return n * x

        return times

    def with_default(n):
        return cache.cached()(lambda x, n=n: n * x)

    class Counter:
        def __init__(self, n):
            self.n = n

        def times(self, x):
            return self.n * x

    two, three = multiplier(2), multiplier(3)
    assert [two(10), three(10), two(10), three(10)] == [20, 30, 20, 30]
    assert [with_default(n)(10) for n in (2, 3)] == [20, 30]
    assert [cache.cached()(Counter(n).times)(10) for n in (2, 3)] == [20, 30]
    assert [cache.cached()(lambda x: 2 * x)(10), cache.cached()(lambda x: 3 * x)(10)] == [20, 30]

    async def both():
        def later(n):
            @cache.cached()
            async def times(x):
                return n * x

            return times

        return [await later(n)(10) for n in (2, 3)]

    assert asyncio.run(both()) == [20, 30]


def test_a_function_that_is_made_again_of_the_same_code_has_the_same_key():
    cache, calls = Cache(codec="json"), []
    code = compile("def plain(x):\n    calls.append(n)\n    return n * x\n", "again", "exec")

    def answers(module, times):
        for _ in range(times):
            exec(code, module)
            yield cache.cached()(module["plain"])(1)

    assert list(answers({"__name__": "again", "calls": calls, "n": 2}, 3)) == [
        2,
        2,
        2,
    ] and calls == [2]
    assert list(answers({"__name__": "again", "calls": calls, "n": 3}, 1)) == [
        3
    ]  # another module's n


def test_a_callable_without_a_name_needs_a_key():
    with pytest.raises(TypeError, match=r"has no name for a key; give cached\(key=...\)"):
        Cache().cached()(functools.partial(int, "1"))


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
