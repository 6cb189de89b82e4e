# SPDX-License-Identifier: Apache-2.0
"""Lays Java out as google-java-format does, as far as generated code needs it: within 100 columns."""

import textwrap

WIDTH = 100


def comment(indent, paragraphs, tags=()):
    """A Javadoc comment; tags are ("@param key", "whose") pairs."""
    first, *rest = paragraphs
    if not rest and not tags and len(indent) + len(first) + 7 <= WIDTH:
        return [f"{indent}/** {first} */"]
    lines = [f"{indent}/**"]
    lines += _wrapped(indent, first)
    for paragraph in rest:
        lines += [f"{indent} *", *_wrapped(indent, f"<p>{paragraph}")]
    if tags:
        lines.append(f"{indent} *")
    for tag, text in tags:
        lines += _wrapped(indent, f"{tag} {text}", "    ")
    return [*lines, f"{indent} */"]


def _wrapped(indent, text, more=""):
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=f"{indent} * ",
        subsequent_indent=f"{indent} * {more}",
        break_long_words=False,
        break_on_hyphens=False,
    )


def signature(indent, head, parameters, tail=" {"):
    """head is up to the parenthesis: "public long peek"."""
    return call(indent, f"{head}(", parameters, f"){tail}")


def statement(indent, text):
    """One statement; one that is too long is broken at its outermost parentheses."""
    if len(indent) + len(text) <= WIDTH:
        return [indent + text]
    opening = _outermost(text)
    if opening is None:
        return [indent + text]
    closing = _closing(text, opening)
    return call(
        indent, text[: opening + 1], split(text[opening + 1 : closing]), text[closing:], statement
    )


def call(indent, head, arguments, tail, part=None):
    joined = ", ".join(arguments)
    if len(indent) + len(head + joined + tail) <= WIDTH:
        return [indent + head + joined + tail]
    inner = indent + "    "
    if len(inner) + len(joined + tail) <= WIDTH:
        return [indent + head, inner + joined + tail]
    lines = [indent + head]
    for i, argument in enumerate(arguments):
        ending = "," if i < len(arguments) - 1 else tail
        lines += part(inner, argument + ending) if part else [inner + argument + ending]
    return lines


def _outermost(text):
    """Where the last call that spans to the end opens: in `return a.b(c(d), e);` after b."""
    for at, letter in enumerate(text):
        if letter == "(" and set(text[_closing(text, at) :]) <= set(");,"):
            return at
    return None


def _closing(text, opening):
    depth = 0
    quoted = False
    for at in range(opening, len(text)):
        letter = text[at]
        if letter == '"' and text[at - 1] != "\\":
            quoted = not quoted
        elif quoted:
            continue
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
            if depth == 0:
                return at
    raise ValueError(text)


def split(text):
    """The arguments of a call; commas within parentheses, brackets of types and quotes are theirs."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, letter in enumerate(text):
        if letter == '"' and text[at - 1] != "\\":
            quoted = not quoted
        elif quoted:
            continue
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif letter == "," and depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
    return [*parts, text[start:].strip()] if text.strip() else []


def method(comment_lines, head_lines, body, indent):
    return [*comment_lines, *head_lines, *body, f"{indent}}}", ""]
