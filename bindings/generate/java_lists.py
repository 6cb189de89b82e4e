# SPDX-License-Identifier: Apache-2.0
"""What of a function's parameters are lists, in Java: what stands for C's `count`, and what is checked first."""

from java_names import java_parameter

LISTS = ("many", "array")


def nullable(parameter):
    """Whether a list may be left out, beside one that may not."""
    return parameter.kind in LISTS and (parameter.facts.get("optional") or parameter.default == [])


def filled(function):
    """What C writes an answer into for each of `count`, or None."""
    counted = any(p.name == "count" for p in function.given)
    out = function.outs[-1] if function.outs and counted else None
    return out if out and out.c_types[0] in ("int32_t *", "int64_t *") else None


def counts(function):
    """Whether its `count` is of a list."""
    return filled(function) is not None or any(p.kind in LISTS for p in function.given)


class Lists:
    def __init__(self, function, left_out):
        self.given = [p for p in function.given if p.kind in LISTS and p.name not in left_out]
        self.filled = filled(function)
        must = [p for p in self.given if not nullable(p)]
        self.main = (must or self.given or [None])[-1]
        self.name = java_parameter(self.main.name) if self.main else "count"

    @property
    def count(self):
        """What C is given for `count`; None where the caller gives it."""
        if not self.given:
            return None
        if self.filled:
            return f"{java_parameter(self.filled.name)}.length"
        return f"{self.name}.{'size()' if self.main.kind == 'many' else 'length'}"

    @property
    def size(self):
        """How many there are, of a list that may yet be null."""
        if self.main and self.main.kind == "array":
            return f'Objects.requireNonNull({self.name}, "{self.name}").length'
        return f'Bytes.count({self.name}, "{self.name}")' if self.main else "Bytes.count(count)"

    def checks(self):
        """Statements: the lists beside the main one have as many entries, or are null."""
        of = f"{java_parameter(self.filled.name)}.length" if self.filled else self.size
        for name in (java_parameter(p.name) for p in self.given if p is not self.main):
            yield f'Bytes.match({name}, "{name}", {of}, "{self.name}");'
