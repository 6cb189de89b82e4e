# SPDX-License-Identifier: Apache-2.0
"""What functions and types are called in the keys of @cache.cached(): no two things by one name."""

import enum
import inspect
import itertools
import sys
import weakref

_taken = {}  # {name: who has it}
_numbers = itertools.count(2)


class _Holder:
    """Who has a name: a function, and those that are made of the same code and nothing else."""

    def __init__(self, function):
        try:
            self._function = weakref.ref(function)
        except TypeError:
            self._function = lambda: function
        self._made_of = self._parts(function)

    @staticmethod
    def _parts(function):
        if not inspect.isfunction(function):
            return None
        if function.__closure__ or function.__defaults__ or function.__kwdefaults__:
            return None
        return function.__code__, function.__globals__

    def is_for(self, function):
        if self._function() is function:
            return True
        parts = self._parts(function)
        return bool(parts and self._made_of) and all(
            map(lambda one, other: one is other, parts, self._made_of)
        )


def name_of(function):
    """module.name, with a number where another function has that name already, as closures do."""
    try:
        name = f"{function.__module__}.{function.__qualname__}"
    except AttributeError:
        raise TypeError(f"{function!r} has no name for a key; give cached(key=...)") from None
    if _taken.setdefault(name, _Holder(function)).is_for(function):
        return name
    return f"{name}#{next(_numbers)}"


def type_name(value):
    """module.name of a type that is known by that name, of a value that is its base's and nothing more."""
    kind = type(value)
    found = sys.modules.get(kind.__module__)
    for part in kind.__qualname__.split("."):
        found = getattr(found, part, None)
    if found is not kind:
        raise TypeError(
            f"a {kind.__qualname__}, a class of no module, makes no key; give cached(key=...)"
        )
    more = getattr(value, "__dict__", None) or any(
        vars(base).get("__slots__") for base in kind.__mro__
    )
    if more and not isinstance(value, enum.Enum):
        raise TypeError(f"a {kind.__name__} with attributes makes no key; give cached(key=...)")
    return f"{kind.__module__}.{kind.__qualname__}"
