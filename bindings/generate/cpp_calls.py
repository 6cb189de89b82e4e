# SPDX-License-Identifier: Apache-2.0
"""C++: a function of the C interface as a member that forwards to it."""

import cpp_answers
from cpp_layout import WIDTH, call, comment, flat, lay
from cpp_words import class_of, documented, facts_of, method, parameter

DURATIONS = ("_ns",)
ELEMENTS = {
    "const int64_t *": "std::int64_t",
    "const int32_t *": "std::int32_t",
    "const double *": "double",
    "int32_t *": "std::int32_t",
    "int64_t *": "std::int64_t",
}


class Argument:
    """What a C++ caller gives for a parameter: its type, its default, what C gets of it."""

    def __init__(self, function, given, nouns):
        self.kind, self.name, self.default = given.kind, parameter(given.name), None
        self.beside = ""  # the list of which it has an entry for each
        getattr(self, f"_{given.kind}")(function, given, nouns)

    def declared(self, with_default):
        default = f" = {self.default}" if with_default and self.default is not None else ""
        return f"{self.type}{self.name}{default}"

    def _time(self, function, given, nouns):
        self.type, self.c = "Time ", ["detail::ns(now)"]

    def _bytes(self, function, given, nouns):
        self.type, self.c = "Bytes ", [f"{self.name}.data()", f"{self.name}.size()"]
        self.default = "{}" if given.default == "" else None

    def _many(self, function, given, nouns):
        self.type, self.c = "const Keys& ", [f"{self.name}.data()", f"{self.name}.sizes()"]
        main = [p for p in function.given if p.kind == "many" and not p.facts.get("optional")]
        if given.facts.get("optional") and main:  # one for each of the main list, or none
            self.c = [f"detail::data({self.name})", f"detail::sizes({self.name})"]
            self.default, self.beside = "{}", main[0].name
        self.count, self.size = f"{self.name}.count()", f"{self.name}.size()"

    def _array(self, function, given, nouns):
        self.type = f"const std::vector<{ELEMENTS[given.c_types[0]]}>& "
        self.c, self.size = [f"{self.name}.data()"], f"{self.name}.size()"
        self.count = f"static_cast<std::int64_t>({self.size})"

    def _text(self, function, given, nouns):
        self.type, self.c = "const std::string& ", [f"detail::c_text({self.name})"]
        self.default = "{}" if given.default == "" else None

    def _config(self, function, given, nouns):
        self.name = "options"
        self.type, self.c = "const Options& ", ["detail::given(options)"]

    def _flag(self, function, given, nouns):
        self.type, self.c = "bool ", [f"std::int32_t{{{self.name}}}"]
        if given.default is not None:
            self.default = "true" if given.default else "false"

    def _real(self, function, given, nouns):
        self.type, self.c, self.default = "double ", [self.name], given.default

    def _handle(self, function, given, nouns):
        noun = next(n for n in nouns.values() if given.c_types[0].endswith(f"og_{n.name} *"))
        # A class that is not yet whole is known by what it derives from.
        cls = "Handle" if noun.name == function.noun else class_of(noun)
        self.type, self.c = f"const {cls}& ", [f"detail::given({self.name})"]

    _clock = _scope = _handle

    def _whole(self, function, given, nouns):
        enum = given.enum or (function.facts.get("enum") if given.name == "which" else None)
        if given.c_types[0] == "og_status":
            self.type, self.c = "Status ", [f"static_cast<og_status>({self.name})"]
        elif enum:
            self.type, self.c = f"{enum} ", [f"static_cast<std::int32_t>({self.name})"]
        elif given.name == "latency_ns":
            self.type, self.c, self.default = (
                "Duration ",
                ["detail::latency(latency)"],
                "kSinceBegin",
            )
        elif given.name.endswith(DURATIONS) or given.name == "ns":
            self.type, self.c = "Duration ", [f"{self.name}.count()"]
            self.default = {"ttl_ns": "kDefaultTtl", "within_ns": "{}"}.get(given.name)
            if given.default == 2**63 - 1:
                self.default = "kNever"
        else:
            self.type, self.c, self.default = (
                f"std::{given.c_types[0]} ",
                [self.name],
                given.default,
            )


class Member:
    """One function, or its _at form, as a member of `noun`'s class or of the permit that it takes."""

    def __init__(self, function, noun, nouns, enums, claim, timed=False, told=True):
        self.function, self.noun, self.nouns, self.enums = function, noun, nouns, enums
        self.claim, self.timed, self.told = claim, timed, told
        self.name = function.name + ("_at" if timed else "")
        self.in_claim = claim is not None and claim.takes(function)
        self.parts()

    def lay(self, indent, *parts):
        """Two columns further in where it is a permit's."""
        return lay(indent + 2 * self.in_claim, *parts)

    def parts(self):
        """What C is given in its order, what the caller gives, and what C writes to."""
        self.c, self.arguments, self.outs, self.error, self.counted = [], [], [], False, None
        self.types = facts_of(self.noun).get("types", {})
        self.record = self.noun.facts.get("record")
        self.static = True
        for p in self.function.parameters:
            # A time stands before what C writes to.
            if p.kind in ("out", "error") and not self.outs and not self.error:
                self.put_time()
            if p.kind == "self":
                self.static = False
                of = "of()" if self.in_claim else "handle()"
                self.c.append("detail::given(*this)" if self.record else of)
            elif p.kind == "error":
                self.error = True
            elif p.kind == "out":
                self.outs.append(p)
                self.c.append(None)
            elif self.in_claim and p.name == self.claim.name:
                self.c.append("id()")
            elif p.name == "count" and self.counted:
                self.c.append(self.counted.count)
            else:
                self.take(p)
        if not self.outs and not self.error:
            self.put_time()
        order = facts_of(self.noun).get("order", {}).get(self.function.verb)
        if order:  # the time stays last
            self.arguments.sort(key=lambda a: order.index(a.name) if a else len(order))

    def take(self, p):
        argument = Argument(self.function, p, self.nouns)
        self.c += argument.c
        self.arguments.append(argument)
        if argument.kind in ("many", "array") and not argument.beside:
            self.counted = argument
        if p.name == "count" and self.sized():
            argument.type, argument.size = "std::size_t ", "count"
            self.c[-1] = "static_cast<std::int64_t>(count)"
            self.counted = argument

    def put_time(self):
        if self.timed:
            self.c.append("detail::ns(now)")
            self.arguments.append(None)

    def sized(self):
        """Whether C writes an element for each of `count`."""
        outs = [p for p in self.function.parameters if p.kind == "out"]
        return len(outs) == 1 and outs[0].name == "out" and outs[0].c_types[0] in ELEMENTS

    def declared(self):
        # A default stands where all behind it have one.
        must = [at for at, a in enumerate(self.arguments) if a is None or a.default is None]
        optional = -1 if self.timed else max(must, default=-1)
        made = [
            a.declared(not self.timed and at > optional) if a else "Time now"
            for at, a in enumerate(self.arguments)
        ]
        if self.sized():
            made.append(f"std::vector<{ELEMENTS[self.outs[0].c_types[0]]}>& out")
        return made

    def raw(self, *outs):
        """The call itself: what C answers, unless that is an error, which is thrown."""
        given, rest = [], list(outs)
        for part in self.c:
            if part is not None:
                given.append(part)
            elif rest:
                given.append(rest.pop(0))
        if self.error:
            caller = "detail::done" if self.function.gives == "done" else "detail::call"
            return call(caller, self.name, *given)
        if self.record:
            return call(self.name, *given)
        return call("detail::checked", call(self.name, *given), f'"{self.name}"')

    def answer(self):
        """Its type in C++, and the statements that make it."""
        type_, body = self.unchecked()
        for a in self.arguments:
            if a and a.beside:
                why = f'"{a.name}: one for each {a.beside.removesuffix("s")}, or none"'
                body = self.lay(4, "", call("detail::match", a.name, a.beside, why), ";") + body
        return type_, body

    def unchecked(self):
        gives = self.function.gives
        of = facts_of(self.noun).get("answers", {}).get(self.function.verb)
        if of:
            return f"{of} ", cpp_answers.body(self)
        if self.sized():
            size = self.counted.size
            return "void ", f"    out.resize({size});\n" + self.lay(
                4, "", self.raw("out.data()"), ";"
            )
        if gives == "count" and len(self.outs) == 2:
            return self.lookups()
        return getattr(self, f"_{gives}")()

    def wrapped(self, type_, before, after=")"):
        node = self.raw()
        return type_, self.lay(4, "return ", (before, [node], after), ";")

    def _nothing(self):
        return "void ", self.lay(4, "", self.raw(), ";")

    _done = _nothing

    def _count(self):
        return "std::int64_t ", self.lay(4, "return ", self.raw(), ";")

    def _truth(self):
        return "bool ", self.lay(4, "return ", self.raw(), " == 1;")

    def _outcome(self):
        if self.error:
            return self.wrapped("Status ", "static_cast<Status>(")
        helper = "returned" if self.in_claim else "detail::outcome"
        return "Status ", self.lay(4, "return ", call(helper, *self.raw()[1]), ";")

    _stood = _outcome

    def optional(self, type_):
        return self.wrapped(f"std::optional<{type_}> ", f"detail::if_any<{type_}>(")

    def none(self):
        return "OG_NONE" in self.function.facts.get("outcomes", ())

    def _duration(self):
        type_ = self.types.get(self.function.verb, "Duration")
        return self.optional(type_) if self.none() else self.wrapped(f"{type_} ", f"{type_}(")

    _wait = _duration

    def _time(self):
        return self.wrapped("Time ", "Time(Duration(", "))")

    def _enum(self):
        enum = self.function.facts["enum"]
        if self.none():
            return self.optional(enum)
        return self.wrapped(f"{enum} ", f"static_cast<{enum}>(")

    def _index(self):
        if self.error:
            node = call("detail::index", *self.raw()[1])
            return "std::int32_t ", self.lay(4, "return ", node, ";")
        if self.function.facts.get("always"):
            return "std::int32_t ", self.lay(4, "return ", self.raw(), ";")
        return self.optional("std::int32_t")

    def _number(self):
        if self.none():
            return self.optional("double")
        return "double ", self.lay(4, "return ", self.raw(), ";")

    def _text(self):
        if self.outs:
            node = call("detail::take_text", call("detail::make<og_text>", *self.raw()[1]))
            return "std::string ", self.lay(4, "return ", node, ";")
        return "std::string ", self.lay(4, "return ", self.raw(), ";")

    def _noun(self):
        c = self.outs[0].c_types[0].split()[0]
        cls = class_of(self.nouns[c.removeprefix("og_")])
        make = "made" if self.none() else "make"
        node = call(cls, call(f"detail::{make}<{c}>", *self.raw()[1]))
        return f"{cls} ", self.lay(4, "return ", node, ";")

    def through(self, helper, *arguments, outs, declared):
        """return helper(arguments, [&](outs) { return the call; });"""
        inner = self.raw(*outs)
        inner = inner if self.error else inner[1][0]
        lambda_ = f"[&]({declared}) {{"
        head = f"    return {helper}({', '.join(arguments)}, {lambda_}\n"
        if len(head) <= 101:
            return head + self.lay(6, "return ", inner, ";") + "    });\n"
        head = f"    return {helper}(\n        {', '.join(arguments)}, {lambda_}\n"
        return head + self.lay(10, "return ", inner, ";") + "        });\n"

    def _value(self):
        return "Lookup ", self.through(
            "detail::lookup", f'"{self.name}"', outs=["value"], declared="og_value** value"
        )

    def lookups(self):
        return "std::vector<Lookup> ", self.through(
            "detail::lookup_many",
            self.counted.name,
            f'"{self.name}"',
            outs=["values", "outcomes"],
            declared="og_value** values, std::int64_t* outcomes",
        )

    def _permit(self):
        cls = self.claim.cls
        if not self.outs:
            node = call(f"detail::claim<{cls}>", "handle()", self.raw()[1][0], f'"{self.name}"')
            return f"{cls} ", self.lay(4, "return ", node, ";")
        place, permit = self.outs[0].name, self.claim.name
        got = f'detail::checked({permit}, "{self.name}")'
        return f"{cls} ", (
            f"    std::int32_t {place} = OG_NONE;\n"
            + self.lay(4, f"std::int64_t {permit} = ", self.raw(f"&{place}")[1][0], ";")
            + self.lay(4, "return ", call(cls, "handle()", got, place), ";")
        )

    def nodiscard(self):
        f, type_ = self.function, self.answer()[0]
        if type_.startswith(("Lookup", "std::vector<Lookup>")) or f.gives in ("permit", "value"):
            return True
        if f.facts.get("must_read"):
            return True
        if f.gives == "index":
            return not self.error and not self.record
        if f.gives == "number":
            return self.none()
        return f.gives == "wait" and not self.const()

    def const(self):
        own = next((p for p in self.function.parameters if p.kind == "self"), None)
        return own is not None and own.c_types[0].startswith("const ") and not self.in_claim

    def text(self):
        type_, body = self.answer()
        before = "[[nodiscard]] " if self.nodiscard() else ""
        before += "static " if self.static else ""
        name = method(self.function) + ("_at" if self.timed else "")
        const = " const" if self.const() else ""
        head = call(f"{before}{type_}{name}", *self.declared())
        short = self.lay(2, "", flat(head) + f"{const} {{ {body.strip()} }}", "")
        if short.count("\n") == 1 and len(short) <= WIDTH + 1:
            return self.doc() + short
        end = self.lay(2, "", "}", "")
        return f"{self.doc()}{self.lay(2, '', head, f'{const} {{')}{body}{end}"

    def doc(self):
        if self.timed or not self.told:
            return ""
        indent = "    " if self.in_claim else "  "
        return comment(documented(self.noun, self.function, self.answer()[0], self.enums), indent)
