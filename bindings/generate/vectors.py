# SPDX-License-Identifier: Apache-2.0
"""The operations that vectors have, a table each in capi/nouns/<noun>.toml. The drivers that replay
them (drivers_<language>.py) are made from these by each build.

    [vectors]                          what the driver of the noun is made of
    core = { class = "Limiter", header = "core/limit/limiter.h" }
    over = ["endpoints"]               nouns beside it in the driver, for `on`: what its create is given is made
                                       first, of the setup's options of that name; what it has a function for
                                       is its own part; others are there once an operation has them `into`
    nouns = { marked = "shards" }      which noun one beside it is, where that is not its name
    classes = { core = { query = "GatherQuery" } }  their classes, where the language has another
    told = ["store"]                   those of them that are the test's own, which do as they are told: `on`
                                       "told_store" are its calls; it is in tests/conformance/told_store*
    by_hand = ["core"]                 languages whose own part makes them: see below
    closed_by_hand = ["c"]             languages whose own part has something to end

    [ops.acquire]                      a step's "op"
    call = "acquire"                   the function, when it is not called as the op
    on = "endpoints"                   the noun that it is called of, when it is another
    time = "given"                     "time": "given" in a step calls the form that is given the time;
                                       "always" calls that form whatever the step says
    args = { index = "node" }          the step's member that a parameter is, when it has another name;
                                       { raw = true } bytes: a text, in hexadecimal where "hex" is true, or
                                       those that stand for an integer on a shard map;
                                       { noun = "marked" } a noun of the driver;
                                       { word = true } a constant of the parameter's enum, by its word;
                                       { find = "name" } is the index of the endpoint of that name,
                                       { member = "write", default = false } a member with its default
    answers = "wait"                   a kind of ANSWERS, when it is not what the function gives; a
                                       table of fields and their kinds is an object of the outs; a list of
                                       fields is a list of rows, of what is listed; "each index" is a list
                                       of what a function puts into an array
    asks = { picks = "picks" }         instead: an object of what operations answer to the same step
    into = "query"                     the noun beside it that what it gives becomes
    like = "cache.fill"                as that operation of another noun, besides
    fails = "error"                    an error is {"error", "option"}; "number" its number; "status"
                                       {"error"} or "closed"; else "invalid"
    with = { weight = "set_weighted" } the function when the step has that member, or a table as this one
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

"setup" has the options of nouns beside it by name, in "steps" what is done before the noun itself is made, and
what its create is given besides (the splits of shards).

The driver has the noun under its name, those of `over` too; in `held` what was given, by name; in `own` what the
own part keeps. How answers are spelled is answers*.* beside it."""

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
    "left": "ms that are left, or none",
    "stats": "an object of the stats in `which`",
    "record": "an object of what the functions of the record say; null for none",
    "lines": "the lines of a text that begin with the member `prefix`",
}
LEASED = {"leased": "lease", "begun": "run"}  # and the word for what was given
TOLD = "told_store"
COLUMNS = ("core", "c", "cpp", "python", "java", "go")


@dataclass(frozen=True)
class Argument:
    """kind: bytes raw text word whole real flag duration ttl held find noun stat many array counted"""

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


@dataclass(frozen=True)
class Driver:
    noun: nouns.Noun
    ops: tuple[Op, ...]
    takes: frozenset[str]
    over: tuple[str, ...]
    facts: dict

    @property
    def name(self):
        return self.noun.name

    @property
    def create(self):
        return self.noun.creator("create")

    def noun_of(self, member):
        """The noun that a member of the driver is."""
        return nouns.load()[self.facts.get("nouns", {}).get(member, member)]

    def members(self):
        """In the order in which they are closed: what is made of others before these."""
        return [self.name, *reversed(self.over)]

    def has_told(self):
        return bool(self.facts.get("told"))

    def made_first(self):
        """Members that the noun is made of."""
        given = (
            {p.name for p in self.create.parameters if p.kind == "handle"} if self.create else ()
        )
        return [member for member in self.over if member in given]

    def parts(self):
        """Members that the noun has, each by a function of that name."""
        given = {f.verb for f in self.noun.functions if f.gives == "noun"}
        return [member for member in self.over if member in given]

    def listed(self):
        """What its create is given as a list of keys, or None."""
        many = [p.name for p in self.create.parameters if p.kind == "many"] if self.create else []
        return many[0] if many else None

    def told(self, member):
        """Whether it is the test's own, which fails as it is told."""
        return member in self.facts.get("told", ())

    def class_of(self, member, column):
        """The class of it or of a noun beside it: as its own description says, or that of its users."""
        noun = self.noun_of(member)
        own = noun.facts.get("vectors", {}).get(column, None if column == "core" else noun.cls)
        return self.facts.get("classes", {}).get(column, {}).get(member, own)

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
            for function in [op.function, *op.recorded()] if op.function else ():
                used[function.facts.get("enum")] = ()
            used |= {argument.enum: () for argument in op.arguments}
        return {enum: words(enum) for enum in used if enum}


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


def _op(noun, name, said):
    if "like" in said:
        on, like = said["like"].split(".")
        said = {"on": on, "call": like, **nouns.load()[on].facts["ops"][like], **said}
    on, verb = said.get("on", noun.name), said.get("call", name)
    if said.get("by_hand") is True or on == TOLD or "asks" in said:
        return Op(noun.name, name, on, None, (), None, "", "", (), said)
    beside = noun.facts.get("vectors", {}).get("nouns", {})
    function = nouns.load()[beside.get(on, on)].function(verb)
    args = said.get("args", {})
    arguments = tuple(
        _argument(p, args.get(p.name, {}))
        for p in function.given
        if p.kind not in ("time", "config")
    )
    if any(a.kind in ("many", "array") for a in arguments):  # which has its count
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
                    _op(
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


def takes(noun):
    """Of "clock" "scope": what its create is given."""
    made = noun.creator("create")
    timed = made and any(p.kind == "clock" for p in made.parameters) and "clock" not in noun.facts
    return frozenset(
        name for name, taken in (("clock", timed), ("scope", noun.creator("create_in"))) if taken
    )


def load():
    """The drivers, of nouns whose descriptions have [vectors]."""
    return [
        Driver(
            noun,
            tuple(_op(noun, name, said) for name, said in noun.facts.get("ops", {}).items()),
            takes(noun),
            tuple(noun.facts["vectors"].get("over", ())),
            noun.facts["vectors"],
        )
        for noun in nouns.load().values()
        if "vectors" in noun.facts
    ]
