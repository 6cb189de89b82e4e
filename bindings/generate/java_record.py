# SPDX-License-Identifier: Apache-2.0
"""A noun that never changes as a record: a copy of what its functions say, which is read from a handle."""

import java_docs
import nouns
from java_layout import comment, statement
from java_names import enums, javadoc, noun, raw
from wording import camel, lower_first

NUMBERS = {"int32_t": "int", "int64_t": "long"}


class Component:
    """One of a record's: its type, its name, what it says and how it is read."""

    def __init__(self, of, function):
        verb = camel(function.verb)
        none = "OG_NONE" in function.returns
        enum = enums()[function.facts["enum"]].name_in("java") if function.gives == "enum" else ""
        number = NUMBERS.get(function.result)
        self.name = verb + "Nanos" * (function.gives == "time")
        self.type = enum or {"number": "double", "text": "String"}.get(function.gives) or number
        self.local, self.read = "", f"raw.{verb}()"
        self.none = "null" if enum else "empty"
        if none:  # it is asked once, and read twice
            self.local, self.read = f"int {verb} = {self.read};", verb
        if enum:
            self.read = f"{enum}.of({self.read})"
        elif none:
            self.type, self.read = "OptionalInt", f"OptionalInt.of({verb})"
        if none:
            empty = "null" if enum else "OptionalInt.empty()"
            self.read = f"{verb} == Constants.OG_NONE ? {empty} : {self.read}"
        self.doc = self.documented(of, function)

    def documented(self, of, function):
        said = lower_first(" ".join(function.doc))
        apart = function.returns.split("; ")[-1]  # what stands for none
        if "OG_NONE" in apart or "NaN" in apart:
            said = f"{said.rstrip('.')}; {apart.replace('`OG_NONE`', self.none)}"
        elif function.gives == "time":
            said = f"{said.rstrip('.')}, in ns"
        return java_docs.one_sentence(java_docs.prose(of, function, said))


def lines(of):
    """The record, from its documentation to its closing brace."""
    declared = list(nouns.all_declared())
    functions = sorted(of.functions, key=lambda f: declared.index(f.name))
    parts = [Component(of, function) for function in functions]
    given = [f"    {part.type} {part.name}," for part in parts]
    given[-1] = given[-1][:-1] + ") {"
    read = [line for part in parts if part.local for line in statement("      ", part.local)]
    return [
        *comment("", [javadoc(of.what)], [(f"@param {part.name}", part.doc) for part in parts]),
        f"public record {noun(of.name)}(",
        *given,
        f"  static {noun(of.name)} read({raw(of.name)} raw) {{",
        "    try {",
        *read,
        f"      return new {noun(of.name)}(",
        *(f"          {part.read}{',' if part is not parts[-1] else ');'}" for part in parts),
        "    } finally {",
        "      raw.retire();",
        "    }",
        "  }",
        "}",
    ]
