# SPDX-License-Identifier: Apache-2.0
"""An operation that vectors have: which function it calls with which of a step's members, and how its answer is
spelled. vectors.py says how it is written."""

import re
from dataclasses import dataclass, field, replace

import nouns

# How an answer is spelled, besides what functions give (nouns.GIVES).
ANSWERS = {
    "named": "the name of the endpoint whose index it is, or none",
    "ticket": "the index beside the ticket, or the outcome; the ticket is remembered",
    "ticket_named": "the same as the endpoint's name",
    "made": "ok; the index is remembered",
    "found": 'the value that was found, as {"value"}, or the outcome',
    "leased": "{outcome, value, wait_ms}; a lease is remembered, and its outcome is `lease`",
    "begun": "the same of a ticket, whose outcome is `run`",
    "bytes": "bytes that were found, in hexadecimal where the step says so, or the outcome",
    "copied": "{size, bytes} of a copy into as many bytes as the step says, or the outcome",
    "said": "the answer itself, of an expression",
    "left": "ms that are left, or none",
    "stats": "an object of the stats in `which`",
    "record": "an object of what the functions of the record say; null for none",
    "lines": "the lines of a text that begin with the member `prefix`",
}
LEASED = {"leased": "lease", "begun": "run"}  # and the word for what was given
TOLD = "told_store"


@dataclass(frozen=True)
class Argument:
    """kind: bytes raw text word whole real flag duration ttl held find noun stat many array counted config
    writes spaced reals shards kept left_out taken ended"""

    kind: str
    name: str  # of the parameter
    member: str
    default: object
    c_type: str
    enum: str = ""  # of a word


@dataclass(frozen=True)
class Op:
    noun: str  # whose vectors have it
    name: str
    on: str  # the noun that it is called of
    function: nouns.Function | None  # None where it calls none of the library's
    arguments: tuple[Argument, ...]
    answers: object  # a kind, or field -> kind
    fails: str
    time: str
    other: tuple = ()  # a member, and the Op instead when the step has it
    facts: dict = field(default_factory=dict)

    def answers_in(self, column):
        return self.facts.get(f"{column}_answers", self.answers)

    def otherwise(self, column):
        """`other`, unless the language has one call for both."""
        one = (
            bool(self.other)
            and "(" in str(self.facts.get(column, ""))
            and column not in self.other[1].facts
        )
        return () if one else self.other

    def method(self, column, spell):
        """(plain, given the time), as the column's language calls them; an expression has parentheses."""
        said = self.facts.get(column)
        if isinstance(said, list):
            return tuple(said)
        own = self.function.facts.get(column)  # a table says more than the name
        name = said or (own if isinstance(own, str) else spell(self.function.verb))
        return name, name + spell("x_at")[1:]

    @property
    def is_told(self):
        """Whether it is a call of the test's own."""
        return self.on == TOLD

    @property
    def is_by_hand(self):
        """Whether a function beside the runners does it: by_hand*.* there."""
        return bool(self.facts.get("by_hand"))

    def by_hand(self, column, spell=str):
        """That function's name."""
        return spell(f"{self.noun}_{self.name}")

    def recorded(self):
        """The functions of the record that it gives, but for the time: members of its answer."""
        if self.answers != "record":
            return ()
        given = self.function.outs[0].c_types[0].removesuffix(" **").removeprefix("og_")
        return [f for f in nouns.load()[given].functions if f.gives != "time"]

    @property
    def may_be_none(self):
        """Whether what it gives may be none, which is an answer."""
        return "OG_NONE" in self.function.facts.get("outcomes", ())

    def fields(self, column):
        """Of an answer that is an object: the name, kind and enum of each, and which member of what the language
        answers it is."""
        outs = [(p.name, p.enum) for p in self.function.outs]
        if self.function.gives != "value":  # which is an out
            outs.insert(0, ("result", self.function.facts.get("enum", "")))
        members = self.facts.get("members", {}).get(column, {})
        for (name, kind), (out, enum) in zip(self.answers.items(), outs):
            yield name, kind, enum, members.get(name, out if column == "c" else name)

    @property
    def taken(self):
        """The argument that an operation which `keeps` gave; or None."""
        return next((a for a in self.arguments if a.kind == "taken"), None)

    @property
    def keeps(self):
        """The noun of what it gives and the driver keeps, by the name in `as`; or None."""
        if not self.facts.get("keeps"):
            return None
        return self.function.outs[0].c_types[0].removeprefix("og_").removesuffix(" **")

    @property
    def each_field(self):
        """Of an answer that is an object: the name and kind of the list in it, one for each key; or None."""
        fields = self.answers.items() if isinstance(self.answers, dict) else ()
        return next(((n, kind[5:]) for n, kind in fields if kind[:5] == "each "), None)

    @property
    def then(self):
        """The function of the noun that it gives whose answer it is; or None."""
        if "then" not in self.facts:
            return None
        noun, verb = self.facts["then"].split(".")
        return nouns.load()[noun].function(verb)

    @property
    def until(self):
        """The member for the outcome that ends what it lists, called again and again."""
        return self.facts.get("until")

    @property
    def otherwise_word(self):
        """The word where what it gives, a list of fields, is none."""
        return self.facts.get("otherwise")

    @property
    def asks(self):
        """Members of an object, and the operations that answer them."""
        return self.facts.get("asks", {})

    @property
    def each(self):
        """The kind of each of a list that the function puts into an array; or None."""
        said = self.answers
        return said.removeprefix("each ") if isinstance(said, str) and said[:5] == "each " else None

    @property
    def into(self):
        return self.facts.get("into")

    @property
    def outcome(self):
        """The word when it gives no permit, where there is one alone."""
        return word(self.function.facts["outcomes"][0])


def word(constant):
    return constant.removeprefix("OG_").lower()


def words(enum):
    """The words of an enum of the headers, in the order of their numbers from 0."""
    found = next(e for e in nouns.enums() if e.name == enum)
    return [constant.removeprefix(found.prefix).lower() for constant in found.constants]


def constants(enum):
    """Its words and constants."""
    found = next(e for e in nouns.enums() if e.name == enum)
    return list(zip(words(enum), found.constants))


def enum_in(enum, column):
    """What a language calls it."""
    for noun in nouns.load().values():
        if enum in noun.facts.get("enums", {}):
            own = noun.facts.get(column, {})
            renamed = own.get("enums", {}) if isinstance(own, dict) else {}
            return renamed.get(enum) or noun.facts["enums"][enum].get(column, enum)
    raise SystemExit(f"no description has the enum {enum}")


def _argument(parameter, said):
    said = {"member": said} if isinstance(said, str) else said
    c_type, kind, default = parameter.c_types[0], parameter.kind, parameter.default
    member = said.get("member", parameter.name)
    if said.get("raw"):
        return Argument("raw", parameter.name, member, None, c_type)
    if said.get("word"):
        return Argument("word", parameter.name, member, None, c_type, parameter.enum)
    if said.get("flag"):
        kind, default = "flag", False
    if kind == "config":
        return Argument(kind, parameter.name, said.get("member", "options"), None, c_type)
    for given in ("taken", "ended"):
        if given in said:
            return Argument(given, parameter.name, said[given], None, c_type)
    if said.get("left_out"):
        return Argument("left_out", parameter.name, member, default, c_type)
    if parameter.facts.get("sized"):
        return Argument("kept", parameter.name, member, None, c_type)
    for listed in ("writes", "spaced", "reals", "shards"):
        if listed in said:
            return Argument(listed, parameter.name, said[listed], None, c_type)
    if "noun" in said:
        return Argument("noun", parameter.name, said["noun"], None, c_type)
    if "find" in said:
        return Argument("find", parameter.name, said["find"], None, c_type)
    if parameter.name == "which":
        kind = "stat"
    elif re.match(r"What `\w+` gave", parameter.doc):
        kind = "held"
    elif parameter.name == "ttl_ns":
        kind, member = "ttl", "ttl_ms"
    elif parameter.name.endswith("_ns"):
        kind, member = "duration", parameter.name.removesuffix("_ns") + "_ms"
    return Argument(kind, parameter.name, member, said.get("default", default), c_type)


def read(noun, name, said):
    if "like" in said:
        on, like = said["like"].split(".")
        said = {"on": on, "call": like, **nouns.load()[on].facts["ops"][like], **said}
    on, verb = said.get("on", noun.name), said.get("call", name)
    if on == TOLD or "asks" in said or said.get("by_hand"):
        return Op(noun.name, name, on, None, (), None, "", "", (), said)
    beside = noun.facts.get("vectors", {}).get("nouns", {})
    function = nouns.load()[beside.get(on, on)].function(verb)
    args = said.get("args", {})
    arguments = tuple(
        _argument(p, args.get(p.name, {}))
        for p in function.parameters
        if p in function.given and p.kind != "time" or "taken" in args.get(p.name, {})
    )
    if any(
        a.kind in ("many", "array", "reals", "shards") for a in arguments
    ):  # which has its count
        arguments = tuple(replace(a, kind="counted") if a.name == "count" else a for a in arguments)
    arguments = tuple(replace(a, kind="counted") if a.name == "capacity" else a for a in arguments)
    return Op(
        noun.name,
        name,
        on,
        function,
        arguments,
        said.get("answers", function.gives),
        said.get("fails", "invalid"),
        said.get("time", ""),
        next(
            (
                (
                    member,
                    read(
                        noun,
                        name,
                        {"answers": said.get("answers", function.gives), **_with(call, args)},
                    ),
                )
                for member, call in said.get("with", {}).items()
            ),
            (),
        ),
        said,
    )


def _with(call, args):
    return {"args": args, **(call if isinstance(call, dict) else {"call": call})}
