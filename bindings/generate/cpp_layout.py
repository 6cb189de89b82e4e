# SPDX-License-Identifier: Apache-2.0
"""Lays out generated C++: lines of at most 100 columns, comments wrapped, long calls broken."""

import textwrap

WIDTH = 100


def comment(paragraphs, indent=""):
    """One // block of some paragraphs."""
    width = WIDTH - 3 - len(indent)
    blocks = (
        "".join(f"{indent}// {line}\n" for line in textwrap.wrap(p, width)) for p in paragraphs
    )
    return f"{indent}//\n".join(blocks)


def call(function, *arguments):
    """A call, to be laid out by `lay`; arguments are texts or calls."""
    return (f"{function}(", arguments, ")")


def flat(node):
    if isinstance(node, str):
        return node
    head, arguments, tail = node
    return head + ", ".join(map(flat, arguments)) + tail


def lay(indent, prefix, node, suffix):
    """The lines of `prefix node suffix`. Where one is too long, the arguments fill lines of their own,
    four columns further in."""
    margin = " " * indent
    whole = f"{margin}{prefix}{flat(node)}{suffix}\n"
    if len(whole) <= WIDTH + 1 or isinstance(node, str) or not node[1]:
        return whole
    head, arguments, tail = node
    lines, line = f"{margin}{prefix}{head}\n", ""
    inner = " " * (indent + 4)
    for index, argument in enumerate(arguments):
        end = "," if index < len(arguments) - 1 else tail + suffix
        piece = flat(argument) + end
        joined = f"{line} {piece}" if line else inner + piece
        if len(joined) <= WIDTH:
            line = joined
            continue
        lines, line = lines + line + "\n" if line else lines, inner + piece
        if len(line) > WIDTH:
            lines, line = lines + lay(indent + 4, "", argument, end), ""
    return lines + (line + "\n" if line else "")
