# SPDX-License-Identifier: Apache-2.0
"""The operations that vectors have, a table each in capi/nouns/<noun>.toml. The drivers that replay
them (drivers_<language>.py) are made from these by each build.

    [vectors]                          what the driver of the noun is made of
    core = { class = "Limiter", header = "core/limit/limiter.h" }
    over = ["endpoints"]               nouns beside it in the driver, for `on`
    classes = { core = { query = "GatherQuery" } }  their classes, where the language has another
    by_hand = ["core"]                 languages whose own part makes them: see below
    closed_by_hand = ["c"]             languages whose own part has something to end

    [ops.acquire]                      a step's "op"
    call = "acquire"                   the function, when it is not called as the op
    on = "endpoints"                   the noun that it is called of, when it is another
    time = "given"                     "time": "given" in a step calls the form that is given the time;
                                       "always" calls that form whatever the step says
    args = { index = "node" }          the step's member that a parameter is, when it has another name;
                                       { hex = true } a text in hexadecimal where "hex" is true;
                                       { find = "name" } is the index of the endpoint of that name,
                                       { member = "write", default = false } a member with its default
    answers = "wait"                   a kind of ANSWERS, when it is not what the function gives; a
                                       table of fields and their kinds is an object of the outs
    like = "cache.fill"                as that operation of another noun, besides
    fails = "error"                    an error is {"error", "option"}; "number" its number; "status"
                                       {"error"} or "closed"; else "invalid"
    with = { weight = "set_weighted" } the function when the step has that member
    java = "tryAcquireNanos"           the method in a language where it is another; [plain, given the
                                       time]; or an expression, in which {noun} and {parameter} stand
    java_answers = "text"              the kind of it there
    by_hand = ["core"]                 languages whose own part does it

A key, a value, a name is a text; what is in ns is a member in ms (`latency_ns` is "latency_ms"); what an
earlier function gave (a permit, ticket, lease) is the name that the step gave it with "as".

The own part of a driver is tests/conformance/<column>/<noun>.*: what no table says, a function an operation:

    core, cpp   json LimiterDriver::many(const json& step, int64_t now)
    c           json_t *limiter_many(limiter_driver *self, json_t *step, int64_t now_ns)
    python      def many(driver, step, now_ns)
    go          func (d *limiterDriver) many(s step, now time.Duration) any
    java        static Object LimiterOwn.many(LimiterDriver driver, Step step, long now)

The driver has the noun under its name, those of `over` too; in `held` what was given, by name; in `own` what the
own part keeps. How answers are spelled is answers*.* beside it."""

import re
from dataclasses import dataclass, field

import nouns

# How an answer is spelled, besides what functions give (nouns.GIVES).
ANSWERS = {
    "named": "the name of the endpoint whose index it is, or none",
    "ticket": "the index beside the ticket, or the outcome; the ticket is remembered",
    "ticket_named": "the same as the endpoint's name",
    "made": "ok; the index is remembered",
    "found": 'the value that was found, as {"value"}, or the outcome',
    "left": "ms that are left, or none",
    "stats": "an object of the stats in `which`",
    "lines": "the lines of a text that begin with the member `prefix`",
}
COLUMNS = ("core", "c", "cpp", "python", "java", "go")


@dataclass(frozen=True)
class Argument:
    """kind: bytes text whole real flag duration ttl held find constant stat many"""

    kind: str
    name: str  # of the parameter
    member: str
    default: object
    c_type: str


@dataclass(frozen=True)
class Op:
    noun: str  # whose vectors have it
    name: str
    on: str  # the noun that it is called of
    function: nouns.Function | None  # None where every column has it by hand
    arguments: tuple[Argument, ...]
    answers: object  # a kind, or field -> kind
    fails: str
    time: str
    other: tuple = ()  # a member, and the Op instead when the step has it
    facts: dict = field(default_factory=dict)

    def by_hand(self, column):
        said = self.facts.get("by_hand", False)
        return said if isinstance(said, bool) else column in said

    def answers_in(self, column):
        return self.facts.get(f"{column}_answers", self.answers)

    def otherwise(self, column):
        """`other`, unless the language has one call for both."""
        return () if "(" in str(self.facts.get(column, "")) else self.other

    def method(self, column, spell):
        """(plain, given the time), as the column's language calls them; an expression has parentheses."""
        said = self.facts.get(column)
        if isinstance(said, list):
            return tuple(said)
        own = self.function.facts.get(column)  # a table says more than the name
        name = said or (own if isinstance(own, str) else spell(self.function.verb))
        return name, name + spell("x_at")[1:]

    @property
    def outcome(self):
        """The word when it gives no permit, where there is one alone."""
        return word(self.function.facts["outcomes"][0])


@dataclass(frozen=True)
class Driver:
    noun: nouns.Noun
    ops: tuple[Op, ...]
    takes: frozenset[str]  # of "clock" "scope": what its create is given
    over: tuple[str, ...]
    facts: dict

    @property
    def name(self):
        return self.noun.name

    def class_of(self, noun, column, cls):
        """The class of it or of a noun beside it: as its own description says, or `cls`."""
        own = nouns.load()[noun].facts.get("vectors", {}).get(column, cls)
        return self.facts.get("classes", {}).get(column, {}).get(noun, own)

    def opened_by_hand(self, column):
        said = self.facts.get("by_hand", False)
        return said if isinstance(said, bool) else column in said

    def by_hand(self, column):
        """Whether the column has an own part of it."""
        return self.opened_by_hand(column) or any(op.by_hand(column) for op in self.ops)

    def enums(self):
        """The enums whose words its operations say, by name: the words in order."""
        used = {}
        for op in self.ops:
            enum = op.function and op.function.facts.get("enum")
            if enum:
                used[enum] = words(enum)
        return used


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
    of = (noun.facts.get("enums", {}).get(enum) for noun in nouns.load().values())
    return next(filter(None, of)).get(column, enum)


def _argument(parameter, said):
    said = {"member": said} if isinstance(said, str) else said
    c_type, kind, default = parameter.c_types[0], parameter.kind, parameter.default
    member = said.get("member", parameter.name)
    if said.get("hex"):
        return Argument("hex", parameter.name, member, None, c_type)
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


def _op(noun, name, said):
    if "like" in said:
        on, like = said["like"].split(".")
        said = {"on": on, "call": like, **nouns.load()[on].facts["ops"][like], **said}
    on, verb = said.get("on", noun.name), said.get("call", name)
    if said.get("by_hand") is True:
        return Op(noun.name, name, on, None, (), None, "", "", (), said)
    function = nouns.load()[on].function(verb)
    args = said.get("args", {})
    arguments = tuple(
        _argument(p, args.get(p.name, {})) for p in function.given if p.kind != "time"
    )
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
                (member, _op(noun, name, {"call": call, "args": args}))
                for member, call in said.get("with", {}).items()
            ),
            (),
        ),
        said,
    )


def _takes(noun):
    made = noun.creator("create")
    takes = {"clock"} if made and any(p.kind == "clock" for p in made.parameters) else set()
    return frozenset(takes | ({"scope"} if noun.creator("create_in") else set()))


def load():
    """The drivers, of nouns whose descriptions have [vectors]."""
    return [
        Driver(
            noun,
            tuple(_op(noun, name, said) for name, said in noun.facts.get("ops", {}).items()),
            _takes(noun),
            tuple(noun.facts["vectors"].get("over", ())),
            noun.facts["vectors"],
        )
        for noun in nouns.load().values()
        if "vectors" in noun.facts
    ]
