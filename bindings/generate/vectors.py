# SPDX-License-Identifier: Apache-2.0
"""The operations that vectors have, a table each in capi/nouns/<noun>.toml. The drivers that replay
them (drivers_<language>.py) are made from these by each build.

    [vectors]                          what the driver of the noun is made of
    core = { class = "Limiter", header = "core/limit/limiter.h" }
                                       `record` has of a record what is not the core's member of its name
    over = ["endpoints"]               nouns beside it in the driver, for `on`: what its create is given is made
                                       first, of the setup's options of that name; what it has a function for
                                       is its own part; others are there once an operation has them `into`
    nouns = { marked = "shards" }      which noun one beside it is, where that is not its name
    classes = { core = { query = "GatherQuery" } }  their classes, where the language has another
    told = ["store"]                   those of them that are the test's own, which do as they are told: `on`
                                       "told_store" are its calls; it is in tests/conformance/told_store*
    ends = { java = "cachedStore.closeWrites(Duration.ZERO)" }  what a language does before all is closed

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
                                       { flag = true, member = "write" } whether;
                                       { writes = "writes" } a batch, of [key, value or null] each;
                                       { shards = "shards" } a list of shards, or how many;
                                       { left_out = true } is left to the language's default;
                                       { reals = "rates" } a list of numbers, null for none, and
                                       { spaced = "rates" } times, one for each of that list, from `from_ms` on;
                                       { find = "name" } is the index of the endpoint of that name,
                                       { member = "write", default = false } a member with its default
    answers = "wait"                   a kind (operations.ANSWERS), when it is not what the function gives; a
                                       table of fields and their kinds is an object of the outs; a list of
                                       fields is a list of rows, of what is listed; "each index" is a list
                                       of what a function puts into an array, as a field of a table may be
    members = { cpp = { wait = "admission" } }  with a table of fields: the member there that one is
    until = "end"                      with a list of fields: {rows, end}, of calls until another outcome
    keeps = true                       what it gives is kept under `as`, to be { taken = "batch" }: an argument,
                                       by the step's member; "ok" where it gave none. { ended = "result" } is
                                       then how it ended, "ok" or not. Closed before the noun
    then = "breaker.state"             what that function says of the noun that it gives; null for none
    otherwise = "stays"                with a list of fields: they are one row, or that word for none
    asks = { picks = "picks" }         instead: an object of what operations answer to the same step
    into = "query"                     the noun beside it that what it gives becomes
    like = "cache.fill"                as that operation of another noun, besides
    by_hand = true                     what no table says: limiter_all of by_hand*.*, in each column's folder, of the
                                       noun, the step and the time
    fails = "error"                    an error is {"error", "option"}; "number" its number; "status"
                                       {"error"} or "closed"; else "invalid"
    with = { weight = "set_weighted" } the function when the step has that member, or a table as this one
    java = "tryAcquireNanos"           the method in a language where it is another; [plain, given the
                                       time]; or an expression, in which {noun} and {parameter} stand
    core_stats = { totals = ["bytes"], age = "age_ns" }  where a stat is not the core's member of its name: what
                                       it lies in, or the member; of stats(), or of the expression `core`
    java_answers = "text"              the kind of it there, or the fields; `core_type` is of each of a list

Options that a function is given are the step's member "options". A key, a value, a name is a text; what is in ns is a
member in ms (`latency_ns` is "latency_ms"); what an earlier function gave (a permit, ticket, lease) is the name that
the step gave it with "as".

"setup" has the options of nouns beside it by name, in "steps" what is done before the noun itself is made, and
what its create is given besides (the splits of shards).

The driver has the noun under its name, those of `over` too; in `held` the numbers that were given, by name, in
`kept` the objects. How answers are spelled is answers*.* beside it."""

from dataclasses import dataclass

import nouns
import operations
from operations import Op


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

    def keeps(self):
        """The noun of what operations keep; or None."""
        return next((op.keeps for op in self.ops if op.keeps), None)

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

    def enums(self):
        """The enums whose words its operations say, by name: the words in order."""
        used = {}
        for op in self.ops:
            functions = [op.function, op.then, *op.recorded()] if op.function else []
            used |= {function.facts.get("enum"): () for function in functions if function}
            if isinstance(op.answers, dict):
                used |= {enum: () for _, _, enum, _ in op.fields("c")}
            used |= {argument.enum: () for argument in op.arguments}
        return {enum: operations.words(enum) for enum in used if enum}


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
            tuple(
                operations.read(noun, name, said)
                for name, said in noun.facts.get("ops", {}).items()
            ),
            takes(noun),
            tuple(noun.facts["vectors"].get("over", ())),
            noun.facts["vectors"],
        )
        for noun in nouns.load().values()
        if "vectors" in noun.facts
    ]
