# SPDX-License-Identifier: Apache-2.0
"""The documentation of a noun's function as Javadoc."""

import re

from java_names import call_name, enums, javadoc, parameter_name
from wording import camel, lower_first, spelled

# Of a function whose header does not say what it returns, by what it gives.
RETURNS = {
    "truth": "whether so",
    "stood": "whether it still stood",
    "outcome": "what became of it",
    "wait": "in ns",
    "duration": "how long",
    "time": "in ns",
    "enum": "one of them",
}


def paragraphs(noun, function):
    said = function.doc or (function.verb.replace("_", " ").capitalize() + ".",)
    return [prose(noun, function, paragraph) for paragraph in said]


def at_a_time(noun, function):
    return [f"As {{@link #{call_name(function)}}}, at a given time."]


def returns(noun, function, kind):
    """What comes back, as a type of Java's says it: a boolean, a ticket, or a class that is read."""
    if function.facts.get("java_returns"):
        return prose(noun, function, function.facts["java_returns"])
    if function.facts.get("java_new"):
        return f"the {kind.lower()}"
    said = function.returns
    if function.facts.get("java_check"):
        said = re.sub(r"; `OG_NONE` .*$", "", said)
    if kind.endswith("[]"):  # the array itself, which C has as an out parameter
        said = re.sub(r"^how many [^.]*\. | (is )?in `\w+`", "", said)
    boolean = kind == "boolean"
    if "Duration" in kind:
        said = re.sub(r" in ns\b", "", re.sub("^ns;", "the duration;", said))
        said = re.sub(r"\b0 (?=is|when)", "zero ", re.sub("`OG_NEVER`", "`OG_NEVER` ns", said))
    if not said:
        return RETURNS.get(function.gives, "it")
    if function.gives == "truth":
        said = re.sub(r"\b1 (?=when|where)", "`true` ", re.sub(r"\b0\b", "`false`", said))
    if kind == "byte[]" or kind.startswith("Optional"):
        said = re.sub(r"`OG_(ABSENT|NONE)`", "`null`" if kind == "byte[]" else "empty", said)
    if boolean:
        said = said.replace("`OG_OK`", "`true`")
        said = re.sub(r"`OG_[A-Z]+`", "`false`", said)
    answers = kind in ("Ticket", function.facts.get("java_gives"), function.facts.get("java_enum"))
    owner = kind if answers and kind != "Duration" else ""
    return one_sentence(prose(noun, function, lower_first(said), owner))


def throws(noun, function):
    """When a method of Java's own (java_check) throws for what C says by OG_NONE."""
    found = re.search(r"; `OG_NONE` (.*)$", function.returns)
    if not found or not function.facts.get("java_check"):
        return []
    return [("@throws OutgrowException", one_sentence(prose(noun, function, found[1])))]


def parameter(noun, function, doc):
    return one_sentence(prose(noun, function, lower_first(doc)))


def one_sentence(text):
    """A tag's text of one sentence has no full stop."""
    return text[:-1] if text.endswith(".") and ". " not in text else text


def prose(noun, function, text, owner=""):
    """With what is between backticks as Java spells it, and the rest safe for HTML."""
    words = []

    def spell(kind, word):
        words.append(_spelled(noun, function, kind, word, owner))
        return f"\0{len(words) - 1}\0"

    safe = javadoc(spelled(text, noun, function, spell))
    return re.sub("\0(\\d+)\0", lambda match: words[int(match[1])], safe)


def _spelled(noun, function, kind, word, owner):
    if kind == "verb":
        return f"{{@link #{call_name(word)}}}"
    if kind == "parameter":
        out = any(p.name == word and p.kind == "out" for p in function.parameters)
        if out:
            name = "index" if owner == "Ticket" else camel(word.replace("_ns", "_nanos"))
            return f"{{@link {owner}#{name}}}"
        given = next(p for p in function.parameters if p.name == word)
        return f"{{@code {parameter_name(given)}}}"
    if kind == "constant":
        for enum in enums().values():
            if word in enum.constants and enum.first != "OG_OK" and not enum.by_hand("java"):
                return f"{{@link {enum.name_in('java')}#{word.removeprefix(enum.prefix)}}}"
        word = word.replace("INVALID_ARGUMENT", "INVALID")
        return f"{{@link {owner}#{word.removeprefix('OG_')}}}"
    return f"{{@code {word}}}"


def resolved(text, members):
    """Links to what the class has not are words only."""

    def one(match):
        return match[0] if match[2] in members else f"{{@code{match[1]}{match[2]}}}"

    return re.sub(r"\{@link(\s(?:\s*\* )?)#(\w+)\}", one, text)  # it may stand over two lines
