# SPDX-License-Identifier: Apache-2.0
"""What a parameter is in a Go method's signature, and how it is passed on to the raw layer."""

from dataclasses import dataclass

from go_names import NUMBERS, enum_type, optional, type_of
from wording import camel


@dataclass(frozen=True)
class Argument:
    name: str
    type: str
    passed: str
    text: bool = False  # to be looked at for a NUL
    lent: str = ""  # a noun: what it is called in an error
    slice: bool = False
    optional: bool = False  # a slice that may be nil
    fault: bool = False  # a number, which the library may refuse
    config: str = ""  # options: what of them cannot change


class Types:
    def __init__(self, nouns, enums):
        self.nouns = nouns
        self.enums = {enum.name: enum_type(enum.name, facts_of(nouns, enum.name)) for enum in enums}

    def arguments(self, function):
        """Of the base form, in order; the count of a slice is the slice's."""
        made = []
        slices = [p for p in function.parameters if p.kind in ("many", "array")]
        fills = function.verb.endswith("many")
        for p in function.given:
            if p.name == "count" and (slices or fills):
                continue
            made.append(self.argument(function, p))
        return made

    def argument(self, function, p):
        name = p.name_in("go", camel)
        c = p.c_types[0]
        enum = p.enum or (function.facts.get("enum") if p.name == "which" else "")
        if enum:
            return Argument(name, self.enums[enum], f"int32({name})", fault=True)
        if p.facts.get("type"):
            return Argument(name, p.facts["type"], f"{NUMBERS[c]}({name})", fault=True)
        if p.kind == "config":
            return self._options(self.nouns[function.noun], name)
        if p.kind == "bytes":
            view = p.name == "value"
            return Argument(name, "[]byte" if view else "string", f"Key({name})" if view else name)
        if p.kind == "many":
            return Argument(name, "[]string", name, slice=True, optional=optional(p))
        if p.kind == "text":
            return Argument(name, "string", name, text=True)
        if p.kind == "flag":
            return Argument(name, "bool", f"bit({name})")
        if p.kind == "array":
            type_ = "[]" + NUMBERS[c.removeprefix("const ").removesuffix(" *")]
            return Argument(name, type_, name, slice=True, optional=optional(p), fault=True)
        if p.kind == "time" or p.name.endswith("_ns") or p.facts.get("duration"):
            return Argument(name, "time.Duration", f"int64({name})", fault=True)
        if p.kind in ("whole", "real"):
            return Argument(name, NUMBERS[c], name, fault=True)
        lent = "noun" if function.facts.get("adds") else name
        return Argument(name, f"*{type_of(self.handle(p))}", f"{name}Handle", lent=lent)

    def _options(self, noun, name):
        """Of the noun, to be changed: not where it lies, nor its clock."""
        kinds = {p.kind for creator in noun.creators for p in creator.parameters}
        clock = "o.Clock" if "clock" in kinds else "nil"
        place = "o.Scope, o.Name" if "scope" in kinds else 'nil, ""'
        return Argument("o", f"{noun.cls}Options", name, config=f"{clock}, {place}")

    def handle(self, p):
        """The noun that a parameter is a handle of."""
        return self.nouns[p.c_types[0].replace("const ", "").split(" ")[0].removeprefix("og_")]

    def permit(self, noun):
        """The type of what the noun gives and takes back."""
        back = next(f for f in noun.functions if f.gives == "stood")
        name = back.facts["blame"]
        return next(p.facts["type"] for p in back.parameters if p.name == name)


def facts_of(nouns, enum):
    for noun in nouns.values():
        if enum in noun.facts.get("enums", {}):
            return noun.facts["enums"][enum]
    return {}


def signature(arguments):
    """keys []string, costs []int64: neighbours of one type share it."""
    parts = []
    for index, (name, type_) in enumerate(arguments):
        same = index + 1 < len(arguments) and arguments[index + 1][1] == type_
        parts.append(name if same else f"{name} {type_}")
    return ", ".join(parts)
