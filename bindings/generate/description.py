# SPDX-License-Identifier: Apache-2.0
"""What the library says of itself: its options (og_config_describe), and what its headers declare."""

import ctypes
import json
import pathlib
import re
import sys
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "capi/include"

sys.path.insert(0, str(ROOT / "capi/abi"))
from declarations import functions  # noqa: E402


# Options that several nouns have, with the same words: their enum is no noun's.
SHARED = ("on_mismatch",)


@dataclass(frozen=True)
class Option:
    name: str  # service has "limiter.rate" too
    type: str  # bool int double duration bytes rate enum string
    default: str | None  # None: must be given; "": none
    min: float | None
    max: float | None
    unit: str
    choices: tuple[str, ...]
    since: str
    doc: str
    changes: bool  # while the noun is in use

    @property
    def is_shared(self):
        """Whether its words mean the same to every noun that has it: one enum for all."""
        return self.name.rpartition(".")[2] in SHARED


@dataclass(frozen=True)
class Noun:
    name: str  # "cached_store"
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Constant:
    name: str  # "OG_LIMITER_DENIED"
    value: int
    doc: str  # the comment on its line, or ""


@dataclass(frozen=True)
class Function:
    name: str
    result: str
    parameters: tuple[str, ...]  # "const og_cache *cache"


@dataclass(frozen=True)
class Description:
    version: str
    nouns: tuple[Noun, ...]
    enums: dict[str, list[tuple[Constant, ...]]]  # by header: "limiter", each enum of it in order
    functions: tuple[Function, ...]

    def noun(self, name):
        return next(noun for noun in self.nouns if noun.name == name)

    def shared_options(self):
        """One of each name, in the order in which they come."""
        found = {}
        for noun in self.nouns:
            for option in noun.options:
                if option.is_shared and "." not in option.name:
                    found.setdefault(option.name, option)
        return list(found.values())

    def enum(self, first):
        """The enum whose first constant has this name."""
        return next(e for enums in self.enums.values() for e in enums if e[0].name == first)


def load(library):
    lib = ctypes.CDLL(library)
    lib.og_version.restype = lib.og_text_data.restype = ctypes.c_char_p
    text = ctypes.c_void_p()
    if lib.og_config_describe(None, ctypes.byref(text), None) != 0:
        raise RuntimeError(f"{library} does not describe itself")
    nouns = json.loads(lib.og_text_data(text))
    lib.og_text_destroy(ctypes.byref(text))
    return Description(
        version=lib.og_version().decode(),
        nouns=tuple(Noun(n["noun"], tuple(map(_option, n["options"]))) for n in nouns),
        enums={
            path.stem: list(enums_of(path.read_text()))
            for path in sorted((INCLUDE / "outgrow").glob("*.h"))
        },
        functions=tuple(
            Function(name, result, tuple(parameters))
            for result, name, parameters in functions(INCLUDE)
        ),
    )


def _option(row):
    return Option(
        row["name"],
        row["type"],
        row.get("default"),
        row.get("min"),
        row.get("max"),
        row.get("unit", ""),
        tuple(filter(None, row.get("choices", "").split("|"))),
        row["since"],
        row["doc"],
        row.get("changes", False),
    )


def enums_of(header):
    """Each enum of a header's text, its constants in order."""
    for body in re.findall(r"^enum \{(.*?)\};", header, re.M | re.S):
        yield tuple(
            Constant(name, int(value), " ".join((doc or "").split()))
            for name, value, doc in re.findall(
                r"(OG_\w+)\s*=\s*(-?\d+),?[ \t]*(?:/\*(.*?)\*/)?", body, re.S
            )
        )
