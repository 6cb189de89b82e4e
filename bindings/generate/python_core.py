# SPDX-License-Identifier: Apache-2.0
"""outgrow/_core.pyi: the types of the nouns with their documentation, for type checkers and editors."""

import re

from python_nouns import MARK
from python_options import options_class
from python_stubs import PYTHON

WIDTH = 100


def quoted(text, indent):
    """A docstring; what is by hand in Python says which form of quotes its text needs."""
    text = text.replace("\\", "\\\\").replace('"""', r"\"\"\"")
    if text.endswith('"'):
        text = text[:-1] + r"\""
    lines = text.split("\n")
    prefix = " " * indent
    shown = [lines[0], *(prefix + line if line else "" for line in lines[1:])]
    if len(lines) == 1 and len(prefix + lines[0]) + 6 <= WIDTH:
        return [f'{prefix}"""{shown[0]}"""']
    return [f'{prefix}"""{shown[0]}', *shown[1:], f'{prefix}"""']


def laid_out(head, parameters, end):
    """A signature as ruff lays it out."""
    one = f"    {head}({', '.join(parameters)}){end}"
    if len(one) <= WIDTH:
        return [one]
    inner = "        " + ", ".join(parameters)
    if len(inner) <= WIDTH and parameters[-1].startswith("**") is False:
        return [f"    {head}(", inner, f"    ){end}"]
    return [f"    {head}(", *(f"        {each}," for each in parameters), f"    ){end}"]


def member(made):
    lines = []
    if made.kind == "property":
        lines.append("    @property")
    if made.kind == "static":
        lines.append("    @staticmethod")
    head = f"{'async ' if made.is_async else ''}def {made.name}"
    return [
        *lines,
        *laid_out(head, made.parameters, f" -> {made.returns}:"),
        *quoted(made.doc, 8),
        "",
    ]


def shown(made):
    """Whether a member is a user's; what has one underscore is the package's own."""
    return not re.match(r"_[^_]", made.name)


def stub(cls):
    base = f"({cls.base})" if cls.base else ""
    lines = ["", "@final", f"class {cls.name}{base}:", *quoted(cls.doc, 4), ""]
    lines += [f"    {name}: {annotation}" for name, annotation, _ in cls.constants]
    for made in ([cls.make] if cls.made else []) + cls.members:
        if shown(made):
            lines += member(made)
    return lines[:-1] if lines[-1] == "" else lines


def answer(made):
    lines = ["", f"class {made.name}(NamedTuple):", *quoted(made.doc, 4), ""]
    for name, annotation, doc in made.fields:
        ignored = "  # type: ignore[assignment]" if name == "index" else ""
        lines += [f"    {name}: {annotation}{ignored}", *quoted(doc, 4)]
    return lines


def imported(module, names):
    return [f"from {module} import (", *(f"    {name}," for name in sorted(names)), ")"]


def core(reader):
    enums = [cls for cls, _ in reader.enums]
    options = [options_class(reader.described[noun.name]) for noun in reader.description.nouns]
    head = (PYTHON / "members/_head.pyi").read_text().split("\n", 1)[1]
    imports, rest = head.split("# The enums and options stand here.\n")
    names = sorted([cls.name for cls in reader.all] + [a.name for a in reader.answers] + ["NEVER"])
    lines = [
        "# SPDX-License-Identifier: Apache-2.0",
        f"# {MARK.format('capi/nouns, the headers and bindings/python/members')}",
        *imports.rstrip("\n").split("\n"),
        "",
        *imported("outgrow._enums", enums),
        *imported("outgrow._options", options),
        *rest.rstrip("\n").split("\n"),
        "",
        "__all__ = [",
        *(f'    "{name}",' for name in names),
        "]",
    ]
    for made in reader.answers:
        lines += answer(made)
    for cls in reader.all:
        lines += stub(cls)
    return "\n".join(lines) + "\n"
