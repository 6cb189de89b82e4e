# SPDX-License-Identifier: Apache-2.0
"""The nouns as data. A function's signature and documentation are its header's; capi/nouns/<noun>.toml
adds what a signature cannot say. From both come what every binding forwards, its documentation, and
the drivers that replay vectors.

    class = "RateLimiter"          the class of its users, in every language
    what = "whether a request …"   the first sentence of that class's documentation

    [parameters]                   said once for all functions; a table where there is a default
    key = "Whose: any bytes."
    cost = { doc = "How much it takes, at least 0.", default = 1 }

    permit = { doc = "What `enter` gave.", type = "Permit" }  a type of its own, where a language has one

    [functions.acquire]            og_limiter_acquire and og_limiter_acquire_at
    gives = "wait"                 what the scalar means: GIVES below
    blame = "cost"                 the argument at fault when the library refuses one
    java = "tryAcquireNanos"       its name where a language's habit differs
    by_hand = ["python"]           languages that have an idiom of their own for it

    [enums.LimiterStat]            an enum of the header, by its first constant
    first = "OG_LIMITER_ALLOWED"
    prefix = "OG_LIMITER_"
    doc = "A number that a RateLimiter keeps."

A comment of the header is the documentation of the declarations below it, up to the next blank line.
Its paragraphs are for every language; one that begins "Returns" says what comes back, one that begins
"C:" is for C alone, with the table that follows it. Words in `backticks` are parameters, options,
functions of the noun (`acquire`) or constants (`OG_FULL`), which each language spells its own way."""

import functools
import re
from dataclasses import dataclass, field

import known_keys
from description import INCLUDE, ROOT, enums_of
from declarations import DECLARATION

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

HEADERS = INCLUDE / "outgrow"
NOUNS = ROOT / "capi/nouns"

# What a function's scalar means. Every kind but the first three is negative for an error.
GIVES = {
    "nothing": "cannot fail",
    "truth": "0 or 1, or an error",
    "done": "OG_OK, or an error",
    "stood": "OG_OK when it counted, OG_LAPSED when it did not: a permit, lease or ticket no longer stood",
    "outcome": "OG_OK, or one of `outcomes`: in Java a truth, so that a method by hand, or `java` of the operation, tells more",
    "wait": "ns until it may be: 0 is now, OG_NEVER is never",
    "duration": "ns",
    "time": "ns on the noun's clock",
    "count": "a number, at least 0",
    "index": "a number of an endpoint, node or shard; OG_NONE when there is none",
    "permit": "a number above 0 to give back, or one of `outcomes`",
    "enum": "a constant of `enum`",
    "number": "a real number; NaN for none",
    "size": "a size in bytes, or one of `outcomes`",
    "value": "OG_OK with bytes in `out`, or one of `outcomes`",
    "text": "text in `out`, or a static text",
    "noun": "a handle in `out`",
}


@dataclass(frozen=True)
class Parameter:
    """One argument of a call; a key and its length, or arrays of equal count, are one.

    kind: self handles clock time bytes many text flag whole real handle out array config scope error"""

    kind: str
    name: str
    c_types: tuple[str, ...]
    doc: str = ""
    default: object = None  # None: must be given
    enum: str = ""  # whose constants it takes, besides a stat's `which`
    wrong: str = ""  # what an error says of it, before its value: "no permit: "
    none: str = ""  # what leaving it out means: "the time since it began"
    facts: dict = field(default_factory=dict)  # its table in the .toml

    def name_in(self, language, spell):
        """Its name in a language: its own, or `spell` of its words; the type tells of ns."""
        return self.facts.get(language) or spell(self.name.removesuffix("_ns"))


@dataclass(frozen=True)
class Enum:
    name: str  # "LimiterStat"
    first: str  # "OG_LIMITER_ALLOWED"
    prefix: str  # "OG_LIMITER_"
    doc: str
    constants: tuple[str, ...]  # in the header's order
    facts: dict = field(default_factory=dict)

    def name_in(self, language):
        return self.facts.get(language, self.name)

    def by_hand(self, language):
        return language in self.facts.get("by_hand", ())


@dataclass(frozen=True)
class Function:
    noun: str
    verb: str  # "acquire"
    name: str  # "og_limiter_acquire"
    result: str
    parameters: tuple[Parameter, ...]
    at: bool  # og_limiter_acquire_at exists: the same with a given time
    gives: str
    doc: tuple[str, ...]  # paragraphs for every language
    returns: str
    c_doc: tuple[str, ...]  # paragraphs for C alone
    facts: dict = field(default_factory=dict)  # its table in the .toml

    @property
    def given(self):
        """The parameters that a caller in another language passes."""
        return tuple(p for p in self.parameters if p.kind not in ("self", "error", "out"))

    @property
    def outs(self):
        return tuple(p for p in self.parameters if p.kind == "out")

    @property
    def blamed(self):
        """The parameter that its errors blame, where they blame one."""
        return next((p for p in self.given if p.name == self.facts.get("blame")), None)

    @property
    def wrong(self):
        """What its errors say is wrong; where it ends in a blank, the blamed value follows."""
        return self.facts.get("wrong") or (self.blamed.wrong if self.blamed else "")

    def name_in(self, language, spell):
        """Its name in a language: its own, or `spell` of the verb's words."""
        return self.facts.get(language) or spell(self.verb)

    def by_hand(self, language):
        return language in self.facts.get("by_hand", ())


@dataclass(frozen=True)
class Noun:
    name: str  # "limiter"
    cls: str  # "RateLimiter"
    what: str
    functions: tuple[Function, ...]
    facts: dict
    header: str  # "outgrow/limiter.h"
    creators: tuple[Function, ...]  # og_limiter_create, og_limiter_create_in and the like
    essay: str  # the comment above its type, as it stands

    def creator(self, verb):
        return next((f for f in self.creators if f.verb == verb), None)

    @property
    def kinds(self):
        """The creators that need no options, one for each kind of it: a system's clock, a manual one."""
        plain = {"whole", "out", "error"}
        return [
            c
            for c in self.creators
            if c.verb != "create" and all(p.kind in plain for p in c.parameters)
        ]

    def function(self, verb):
        return next(f for f in self.functions if f.verb == verb)


COMMENT = re.compile(r"/\*(.*?)\*/", re.S)


def _paragraphs(comment):
    """A table, whose lines are indented, is of the paragraph above it; after one for C it is C's."""
    lines = [re.sub(r"^\s*\*? ?", "", line).rstrip() for line in comment.strip().split("\n")]
    made = []
    for part in filter(str.strip, re.split(r"\n\s*\n", "\n".join(lines))):
        text = " ".join(part.split())
        if part.startswith("  ") and made and made[-1].startswith("C:"):
            made[-1] += " " + text
        else:
            made.append(text)
    return tuple(made)


def documented(header):
    """name -> (result, parameters, paragraphs): each declaration with the comment above its block."""
    found = {}
    for block in re.split(r"\n\s*\n", header):
        said = ()
        for part in re.finditer(f"{COMMENT.pattern}|{DECLARATION.pattern}", block, re.S | re.M):
            if part[1] is not None:
                said = _paragraphs(part[1])
                continue
            parameters = " ".join(part[4].split())
            found[part[3]] = (
                part[2].strip(),
                () if parameters == "void" else tuple(parameters.split(", ")),
                said,
            )
    return found


def _kind(type_, name, following, noun):
    if type_ == "og_error **":
        return "error"
    if name == "now_ns":
        return "time"
    if type_ == "const void *const *":
        return "many"
    if type_ == f"og_{noun} *const *":
        return "handles"
    if type_ == "const void *" and following and following[0].startswith("int64_t "):
        return "bytes"
    if type_ == "const char *":
        return "text"
    if re.fullmatch(r"(const )?og_(config|clock|scope) \*", type_) and f"og_{noun}" not in type_:
        return type_.replace("const ", "")[3:-2]
    if re.fullmatch(r"(const )?og_\w+ \*", type_) and type_ != "og_status *":
        return "self" if type_.endswith(f"og_{noun} *") else "handle"
    if type_.endswith("*"):
        return "array" if type_.startswith("const") and type_.count("*") == 1 else "out"
    return {"int64_t": "whole", "int32_t": "whole", "double": "real", "og_status": "whole"}.get(
        type_, "other"
    )


def _parameters(declared, noun, facts):
    split = [re.fullmatch(r"(.*?)(\w+)", p).groups() for p in declared]
    made, index = [], 0
    while index < len(split):
        type_, name = split[index][0].strip(), split[index][1]
        type_ = re.sub(r"\s*(\*+)$", r" \1", type_)
        kind = _kind(type_, name, declared[index + 1 :], noun)
        if kind == "self" and made:
            kind = "handle"
        taken = 1
        if kind in ("bytes", "many"):  # with its length or lengths
            taken = 2
        said = facts.get(name, "")
        said = said if isinstance(said, dict) else {"doc": said}
        types = tuple(t.strip() for t, _ in split[index : index + taken])
        if said.get("flag"):
            kind = "flag"
        made.append(
            Parameter(
                kind,
                name,
                types,
                said.get("doc", ""),
                said.get("default"),
                said.get("enum", ""),
                said.get("wrong", ""),
                said.get("none", ""),
                said,
            )
        )
        index += taken
    return tuple(made)


def _functions(noun, verbs, facts, declared, common):
    parameters = {**common, **facts.get("parameters", {})}
    for verb, said in verbs.items():
        name = f"og_{noun}_{verb}"
        if name not in declared:
            raise SystemExit(f"capi/nouns/{noun}.toml: no header declares {name}")
        if said.get("gives", "done") not in GIVES:
            raise SystemExit(
                f"capi/nouns/{noun}.toml: {verb} gives {said['gives']!r}: not in GIVES"
            )
        yield declared_function(noun, name, said, declared, parameters)


def declared_function(noun, name, said, declared, parameters):
    """The function of this name, as the headers declare it and its table says."""
    result, raw, paragraphs = declared[name]
    return Function(
        noun,
        name.removeprefix(f"og_{noun}_"),
        name,
        result,
        _parameters(raw, noun, {**parameters, **said.get("parameters", {})}),
        _is_timed(f"{name}_at", declared),
        said.get("gives", "done"),
        tuple(p for p in paragraphs if not p.startswith(("C:", "Returns "))),
        next((p.removeprefix("Returns ") for p in paragraphs if p.startswith("Returns ")), ""),
        tuple(p.removeprefix("C:").strip() for p in paragraphs if p.startswith("C:")),
        said,
    )


@functools.cache
def _headers():
    """ "outgrow/limiter.h" -> what it declares"""
    return {
        f"outgrow/{header.name}": documented(header.read_text())
        for header in sorted(HEADERS.glob("*.h"))
    }


def all_declared():
    """name -> (result, parameters, paragraphs), of every header."""
    return {name: said for found in _headers().values() for name, said in found.items()}


def _essay(noun, header):
    """The comment above the noun's type, as it stands."""
    found = re.search(rf"/\*((?:(?!\*/).)*)\*/\ntypedef struct og_{noun} ", header, re.S)
    return found[1] if found else ""


def _adders(declared):
    """og_metrics_add_<noun> of every noun that has one, whichever header declares it."""
    found = (re.fullmatch("og_metrics_add_(\\w+)", name) for name in declared)
    return {f"add_{f[1]}": {"blame": "name", "adds": f[1]} for f in found if f}


def _is_timed(name, declared):
    """Whether it is a form that is given the time; og_batch_at is given an index."""
    return name.endswith("_at") and "int64_t now_ns" in declared.get(name, ((), ()))[1]


@functools.cache
def load():
    """Every noun that has a description, by name."""
    declared = all_declared()
    headers = {name: header for header, found in _headers().items() for name in found}
    common = tomllib.loads((NOUNS / "common.toml").read_text())["parameters"]
    nouns = {}
    for path in sorted(NOUNS.glob("*.toml")):
        if path.stem == "common":
            continue
        facts = tomllib.loads(path.read_text())
        known_keys.check(path.stem, facts)
        verbs = facts.get("functions", {})
        if path.stem == "metrics":
            verbs = _adders(declared) | verbs
        create = re.compile(f"og_{path.stem}_(create\\w*)")
        creators = {found[1]: {} for name in declared if (found := create.fullmatch(name))}
        functions = tuple(_functions(path.stem, verbs, facts, declared, common))
        own = next(f.name for f in functions if "adds" not in f.facts)
        nouns[path.stem] = Noun(
            path.stem,
            facts["class"],
            facts["what"],
            functions,
            facts,
            headers[own],
            tuple(_functions(path.stem, creators, facts, declared, common)),
            _essay(path.stem, (HEADERS.parent / headers[own]).read_text()),
        )
    described = {f.name for noun in nouns.values() for f in noun.functions}
    for name in sorted(declared):
        base = name.removesuffix("_at") if _is_timed(name, declared) else name
        noun = max((n for n in nouns if name.startswith(f"og_{n}_")), key=len, default=None)
        if noun and base not in described and not re.search(r"_(create\w*|destroy)$", name):
            raise SystemExit(
                f"capi/nouns/{noun}.toml: {base} has no [functions.{base[len(noun) + 4 :]}]"
            )
    return nouns


@functools.cache
def enums():
    """Every enum that has a description, those of no noun first."""
    bodies = [
        tuple(constant.name for constant in enum)
        for header in sorted(HEADERS.glob("*.h"))
        for enum in enums_of(header.read_text())
    ]
    of = {constants[0]: constants for constants in bodies}
    made = []
    for path in sorted(NOUNS.glob("*.toml"), key=lambda p: (p.stem != "common", p)):
        for name, said in tomllib.loads(path.read_text()).get("enums", {}).items():
            constants = of.pop(said["first"], None)
            if constants is None:
                raise SystemExit(f"{path.name}: no enum of a header begins with {said['first']}")
            made.append(Enum(name, said["first"], said["prefix"], said["doc"], constants, said))
    for first in sorted(of):
        raise SystemExit(f"the enum of {first} has no [enums] table in capi/nouns")
    return tuple(made)
