# SPDX-License-Identifier: Apache-2.0
"""How C++ spells what the description names: classes, verbs, parameters, constants, documentation."""

import re

import wording

KEYWORDS = {"auto", "default", "delete", "new", "switch", "register", "final"}
VERBS = {"delete": "remove"}
CONSTANTS = {
    "OG_NEVER": "kNever",
    "OG_CACHE_DEFAULT_TTL": "kDefaultTtl",
    "NULL": "nullptr",
}


def identifier(word):
    return word + "_" if word in KEYWORDS else word


def facts_of(noun):
    """Its [cpp] table: `class` where its name differs, functions `by_hand`, `made_by_hand` where its
    constructors are, `types` of answers by function, headers that it `includes`, the `order` of parameters where it is not C's,
    `answers`: the class of an answer of several parts."""
    return noun.facts.get("cpp", {})


def class_of(noun):
    return facts_of(noun).get("class", noun.cls)


def method(function):
    if "adds" in function.facts:
        return "add"
    return function.name_in("cpp", lambda verb: VERBS.get(verb, identifier(verb)))


def parameter(name):
    return identifier(name.removesuffix("_ns"))


def constant(name, enums):
    """OG_LIMITER_DENIED is LimiterStat::denied."""
    if name in CONSTANTS:
        return CONSTANTS[name]
    of = max((e for e in enums if name in e.constants), key=lambda e: len(e.prefix), default=None)
    return f"{of.name}::{identifier(name.removeprefix(of.prefix).lower())}" if of else name


def spelled(text, noun, function, enums):
    """A paragraph of the C header, for who reads C++."""

    def spell(kind, word):
        if kind == "verb":
            return f"`{method(word)}`"
        return f"`{parameter(word) if kind == 'parameter' else constant(word, enums)}`"

    text = wording.spelled(text, noun, function, spell)
    return re.sub(r"(?<!`)\bOG_[A-Z_]+\b", lambda found: constant(found[0], enums), text)


def documented(noun, function, type_, enums):
    """Its paragraphs, where `type_` is what it returns."""
    returns = function.returns
    if function.gives == "permit":
        returns = returns.replace(" above 0", "")
    if function.gives == "truth":
        returns = re.sub(r"\b1\b", "true", re.sub(r"\b0\b", "false", returns))
    if type_.startswith("std::optional"):
        returns = returns.replace("`OG_NONE`", "nothing")
    if function.gives == "noun":
        returns = returns.replace("`OG_NONE`", "an empty one")
    if "Duration" in type_ or "Admission" in type_:
        returns = returns.replace(" in ns", "")
    paragraphs = [*function.doc, *([f"Returns {returns}"] if returns else [])]
    return [spelled(paragraph, noun, function, enums) for paragraph in paragraphs]
