# SPDX-License-Identifier: Apache-2.0
"""What is said and spelled alike in several languages: names of several words, an option's default and range, and the
words of a header's comment that each language spells its own way."""

import re


def pascal(name):
    """reset_after: ResetAfter"""
    return "".join(part.capitalize() for part in name.split("_"))


def camel(name):
    """reset_after: resetAfter"""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def number(value):
    return f"{value:.15g}" if abs(value) < 1e15 else f"{value:.0f}"


def default_of(option):
    """ "Default 5." or "Must be given." """
    if option.default is None:
        return "Must be given."
    if option.default == "":
        return "No default."
    return f"Default {option.default}."


def range_of(option):
    """ "One of a, b. Default a." or "1 to 64 calls. Default 1." """
    if option.choices:
        return f"One of {', '.join(option.choices)}. {default_of(option)}"
    if option.min is None or option.max is None:
        return default_of(option)
    unit = f" {option.unit}" if option.unit else ""
    return f"{number(option.min)} to {number(option.max)}{unit}. {default_of(option)}"


def spelled(text, noun, function, spell):
    """The text with each `word` of it as spell(kind, word) writes it. Kinds: "parameter", of the function;
    "verb", a function of the noun, with its Function for the word; "constant", OG_...; else "word"."""
    parameters = {p.name for p in function.parameters} if function else set()
    verbs = {f.verb: f for f in noun.functions}

    def one(match):
        word = match[1]
        if word in parameters:
            return spell("parameter", word)
        if word in verbs:
            return spell("verb", verbs[word])
        return spell("constant" if word.startswith("OG_") else "word", word)

    return re.sub(r"`([^`]+)`", one, text)


def lower_first(text):
    """As it reads within a sentence: "What it gave." becomes "what it gave." """
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
