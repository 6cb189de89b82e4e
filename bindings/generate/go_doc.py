# SPDX-License-Identifier: Apache-2.0
"""Documentation in Go's habit: it begins with the name, and links in [brackets]."""

import re
import textwrap

import go_answers
import wording
from go_names import enum_prefix, exported, field, method, optional, type_of
from wording import camel

WIDTH = 108
NOUN_PHRASE = re.compile(
    r"(A|An|The|How|What|Whether|Why|When|Which|Where|One|Range|In how|Requests|Values|As) "
)
MANY = re.compile(r"(Calls|Reads|Writes|Released calls) (to|that|sent) ")
# What stands for an outcome in what a method returns, where it is not the status itself.
OUTCOMES = {
    "permit": "0",
    "stood": "false",
    "number": "known is false",
    "noun": "nil",
    "value": "found is false",
}
ERRORS = "[Err{}]"


class Words:
    """Spells what stands in backticks, and C's names elsewhere."""

    def __init__(self, description, nouns):
        self.nouns = nouns
        self.options = {noun.name: noun.options for noun in description.nouns}
        self.constants = {"OG_NEVER": "[Never]", "INT64_MAX": "math.MaxInt64"}
        for noun in nouns.values():
            for name, facts in noun.facts.get("enums", {}).items():
                for constant in description.enum(facts["first"]):
                    spelled = enum_prefix(name, facts) + exported(
                        constant.name[len(facts["prefix"]) :]
                    )
                    self.constants[constant.name] = f"[{spelled}]"
        for constant in description.enum("OG_OK"):
            self.constants[constant.name] = f"[Status{exported(constant.name[3:])}]"

    def spelled(self, text, noun, function=None, outcome=None, count="count"):
        constants = self.constants
        if outcome:
            constants = {name: _as(outcome, word) for name, word in constants.items()}

        def spell(kind, word):
            if kind == "parameter":
                given = next(p for p in function.parameters if p.name == word)
                return count if word == "count" else given.name_in("go", camel)
            if kind == "verb":
                return f"[{type_of(noun)}.{method(word)}]"
            return constants.get(word) or self._option(noun, word) or word

        text = wording.spelled(text, noun, function, spell)
        text = re.sub(r"\bOG_[A-Z_0-9]*[A-Z]\b", lambda m: constants.get(m[0], m[0]), text)
        text = re.sub(
            r"\bog_config_describe\(\"(\w+)\"\)",
            lambda m: f"[{self.nouns[m[1]].cls}Options]",
            text,
        )
        text = re.sub(r"\bog_(\w+)\b", lambda m: self._link(m[1]) or m[0], text)
        text = text.replace("NULL with length 0", '""')
        return re.sub(r",? in ns\b", "", text)

    def is_copied(self, function):
        """Whether what it makes is given as a struct."""
        made = (re.fullmatch(r"og_(\w+) \*\*", p.c_types[0]) for p in function.outs)
        return any(m and self.nouns[m[1]].facts.get("go_struct") for m in made)

    def _function(self, noun, verb):
        for function in noun.functions:
            if function.verb == verb:
                return f"[{type_of(noun)}.{method(function)}]"
        return None

    def _option(self, noun, name):
        """Of the noun, or of one in its header, which it came from: a query of a gather."""
        beside = [n.name for n in self.nouns.values() if n.header == noun.header]
        for option in (o for n in (noun.name, *beside) for o in self.options.get(n, ())):
            if option.name == name:
                return field(option)
        return None

    def _link(self, name):
        for noun in sorted(self.nouns.values(), key=lambda noun: -len(noun.name)):
            if name.startswith(noun.name + "_create"):
                return f"[New{type_of(noun)}]"
            if name.startswith(noun.name + "_"):
                return self._function(noun, name[len(noun.name) + 1 :])
        return None


def _as(outcome, word):
    """A status that is returned as something else; {} of it is an error of the same name."""
    status = re.fullmatch(r"\[Status(\w+)\]", word)
    if not status:
        return word
    return "nil" if outcome == ERRORS and status[1] == "OK" else outcome.format(status[1])


def of_method(words, noun, function):
    """Its comment, for // lines."""

    def spelled(text, outcome=None):
        return words.spelled(text, noun, function, outcome, counted)

    filled = [p for p in function.parameters if p.kind in ("out", "many", "array")]
    counted = f"len({filled[-1].name_in('go', camel)})" if filled else "count"
    first, *rest = function.doc or (noun.what,)
    text = begun(method(function), spelled(first), function.gives)
    returns = function.returns
    phrase = NOUN_PHRASE.match(first) or MANY.match(first)
    told = function.facts.get("go_answer") or go_answers.is_got(function)  # its fields say it
    if returns and not told and not (phrase and not re.search(r"[;:]|OG_", returns)):
        kind = function.facts.get("go_gives", function.gives)
        plain = kind != "permit" or not [p for p in function.outs]
        outcome = OUTCOMES.get(kind) if plain else None
        failing = any(p.kind == "error" for p in function.parameters)
        if kind in ("done", "outcome") and failing:
            outcome = ERRORS
        if kind == "value" and not failing:  # the status itself
            outcome = None
        if kind == "noun" and words.is_copied(function):
            outcome = "kept is false"
        said = spelled(returns, outcome)
        said = re.sub("^ns since", "the time since", said)
        said = re.sub(r"^ns\b", "a duration", said)
        if kind != "truth":
            other = re.match("(?:it|them|a duration); (.*)", said)
            text += f" It is {other[1]}" if other else f" It returns {said}"
    for p in function.parameters:
        if optional(p):
            text += f" {p.name_in('go', camel)} may be nil."
        if p.facts.get("go_note"):
            text += f" {p.facts['go_note']}"
    return comment([text, *map(spelled, rest)])


def begun(name, text, gives=""):
    """A sentence that begins with the name."""
    lower = wording.lower_first(text)
    if gives == "truth" and text.startswith("Whether"):
        return f"{name} reports {lower}"
    if re.match("(Whether|Which) ", text):
        return f"{name} says {lower}"
    if NOUN_PHRASE.match(text):
        return f"{name} is {lower}"
    if MANY.match(text):
        return f"{name} {'counts' if gives == 'count' else 'is'} {lower}"
    if text.startswith("In "):
        place, _, what = lower.partition(", ")
        return f"{name}, {place}, {what}"
    return f"{name} {lower}"


def of_type(words, noun):
    """From the essay above its declaration in the header, or from `what`."""
    parts = [words.spelled(part, noun) for part in _parts(noun.essay or noun.what)]
    first = parts[0]
    name = type_of(noun)
    return comment([begun(name, first), *parts[1:]])


def _parts(essay):
    """Paragraphs; a list of the essay's is one of Go's."""
    lines = [re.sub(r"^ \* ?", "", line).rstrip() for line in essay.strip("\n").split("\n")]
    for block in re.split(r"\n\s*\n", "\n".join(lines).strip()):
        if block.startswith("C:"):
            continue
        if not re.search(r"^ {2,}\S", block, re.M) or not block.startswith("  "):
            joined = " ".join(block.split())
            yield joined[:-1] + ":" if re.fullmatch(r"\w+\.", joined) else joined
            continue
        items = []
        for line in block.split("\n"):
            if re.match(r" {1,3}\S", line) or not items:
                items.append(re.sub(r"^\s+(?:[-*] )?(\S+)\s{2,}", r"\1: ", line).strip(" -*"))
            else:
                items[-1] += " " + line.strip()
        yield "\n".join(f"  - {item}" for item in items)


def comment(paragraphs):
    lines = []
    for paragraph in paragraphs:
        if lines:
            lines.append("//")
        for part in paragraph.split("\n") if paragraph.startswith("  - ") else [paragraph]:
            indent = "    " if part.startswith("  - ") else ""
            lines += [
                f"// {line}"
                for line in textwrap.wrap(
                    part,
                    WIDTH - 3,
                    subsequent_indent=indent,
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            ]
    return "\n".join(lines)
