# SPDX-License-Identifier: Apache-2.0
"""The methods of a noun's class that forward to its raw handle, by what each function gives. The facts of
capi/nouns that are Java's alone:

    java = "tryAcquireNanos"        the method's name; java_at, that of the form with a time
    java_optional = ["latency_ns"]  there is a form without it too; with a time it may be null
    java_nullable = ["instance"]    these may be null
    java_bytes = true               its key is no text, nor are its keys
    java_text = true                its keys are texts alone
    java_spread = true              its numbers are given as arguments of their own
    java_type = "Lookup<V>"         the result's type, when the class has a method, java_reads = "looked",
                                    that reads what the raw call gives
    java_passes = "tryAcquire"      the name of the forms that say whether a wait is 0
    java_returns = "what each is"   what comes back, where the header's text is not Java's
    java_gives = "Stored"           the class whose static `of` reads the answer
    java_flag = "write"             of a parameter: a constant that is 1 or 0 is a boolean of this name
    java_nanos = true               of a parameter: it is a number of ns, no Duration
                                    (a wait or a duration is a Duration too, but of a method whose name ends in Nanos)
    java_enum = "Taken"             an enum of its outcomes (java_outcomes.py)
    java_new = "Counter"            the class that is made of the answer
    java_check = "checked"          a method of the class that reads the answer in place of Status.check
    java_unchecked = true           errors are numbers too
    java_within = "told"            a method of the class that makes the call"""

import re
from dataclasses import dataclass, replace

import java_docs
import java_lists
import nouns
from java_layout import comment, method, signature, statement
from java_names import at_name, call_name, enums, java_parameter, noun, parameter_name, raw
from wording import camel

INTEGERS = {"int32_t": "int", "int64_t": "long", "double": "double"}
NUMBERS = {"int", "long", "double", "boolean"}
HANDLE = re.compile(r"(?:const )?og_(\w+) \*+")
# The last argument of the forms that are given the time.
NOW = "the time in ns"


@dataclass(frozen=True)
class Argument:
    type: str
    name: str
    passed: str  # what the raw call is given
    doc: str


@dataclass(frozen=True)
class Form:
    """One overload: with or without the time, and the optional argument; keys as String or bytes."""

    timed: bool = False
    without: bool = False  # the optional argument is left out
    text: bool = False  # the key is a String


def class_of(handle):
    return noun(handle) + ("<?, ?>" if nouns.load()[handle].facts.get("java_typed") else "")


class Calls:
    def __init__(self, of, indent="  "):
        self.noun = of
        self.indent = indent
        self.keyed = bool(of.facts.get("java_typed"))  # K and V in place of bytes

    def all(self):
        """The lines of every method that is not by hand."""
        lines = [line for kind in self.noun.kinds for line in self.kind(kind)]
        for function in self.noun.functions:
            if function.by_hand("java"):
                continue
            if function.facts.get("java_passes"):
                lines += self.passes(function)
            for form in self.forms(function):
                lines += self.method(function, form)
        return lines

    def kind(self, creator):
        """A static method that makes one of this kind: `system`."""
        named = {"java": camel(creator.verb.removeprefix("create_"))}
        said = "it, the caller's to close"
        return self.method(replace(creator, gives="noun", facts=named, returns=said), Form())

    def passes(self, function):
        """Whether it passes: without arguments that have a default, and with them."""
        arguments = [p for p in function.given if p.kind != "time"]
        defaults = ["Bytes.NONE" if p.kind == "bytes" else str(p.default) for p in arguments]
        name = function.facts["java_passes"]
        lines = []
        for count in range(len(arguments) + 1):
            for text in (True, False) if count else (False,):
                given = [self.argument(function, p, Form(text=text)) for p in arguments[:count]]
                passed = [a.passed if a.type == "String" else a.name for a in given]
                call = f"{call_name(function)}({', '.join(passed + defaults[count:])})"
                lines += method(
                    comment(
                        self.indent,
                        java_docs.paragraphs(self.noun, function),
                        [(f"@param {a.name}", a.doc) for a in given]
                        + [("@return", "whether it passed")],
                    ),
                    signature(
                        self.indent, f"public boolean {name}", [f"{a.type} {a.name}" for a in given]
                    ),
                    self.body(f"return {call} == 0;"),
                    self.indent,
                )
        return lines

    def forms(self, function):
        optional = bool(function.facts.get("java_optional"))
        keys = (
            not self.keyed
            and not function.facts.get("java_bytes")
            and any(
                (p.kind == "bytes" and p.name == "key" and not self.nullable(function, p, Form()))
                or p.kind == "many"
                for p in function.given
            )
        )
        for without in (True, False) if optional else (False,):
            bare = without and function.facts["java_optional"] in (["key"], ["keys"])
            texts = (True,) if function.facts.get("java_text") else (True, False)
            for text in texts if keys and not bare else (False,):
                yield Form(without=without, text=text)
        if function.at:
            yield Form(timed=True)

    def method(self, function, form):
        passed, given = [], []
        left_out = function.facts.get("java_optional", ()) if form.without else ()
        lists = java_lists.Lists(function, left_out)
        for parameter in function.given:
            if parameter.kind == "time":
                continue
            if lists.count and parameter.name == "count":
                passed.append(lists.count)
                continue
            argument = self.argument(function, parameter, form)
            passed.append(argument.passed)
            if argument.type:
                given.append(argument)
        if form.timed:
            given.append(Argument("long", "nowNanos", "nowNanos", NOW))
            passed.append("nowNanos")
        if lists.filled:
            kind, body = self.answer_many(function, form, passed, given, lists)
        else:
            kind, body = self.answer(function, form, passed, given)
            body = self.body(*lists.checks()) + body
        documentation = (
            java_docs.at_a_time(self.noun, function)
            if form.timed
            else java_docs.paragraphs(self.noun, function)
        )
        tags = [(f"@param {argument.name}", argument.doc) for argument in given]
        if kind != "void":
            tags.append(("@return", java_docs.returns(self.noun, function, kind)))
        tags += java_docs.throws(self.noun, function)
        name = at_name(function) if form.timed else call_name(function)
        static = "" if any(p.kind == "self" for p in function.parameters) else "static "
        return method(
            comment(self.indent, documentation, tags),
            signature(
                self.indent,
                f"public {static}{kind} {name}",
                [f"{argument.type} {argument.name}" for argument in given],
            ),
            body,
            self.indent,
        )

    def optional(self, function, parameter):
        return parameter.name in function.facts.get("java_optional", ())

    def nullable(self, function, parameter, form):
        """A time to live and a text that may be left out may be null, as may all that may be with a time."""
        if parameter.name == "ttl_ns" or parameter.name in function.facts.get("java_nullable", ()):
            return True
        if java_lists.nullable(parameter) and not self.optional(function, parameter):
            return True
        return self.optional(function, parameter) and (
            parameter.kind == "text" or form.timed and parameter.kind not in java_lists.LISTS
        )

    def argument(self, function, parameter, form):
        name = parameter_name(parameter)
        nullable = self.nullable(function, parameter, form)
        type_, passed = self.crossing(function, parameter, name, form, nullable)
        if self.optional(function, parameter) and form.without:
            return Argument("", name, self.left_out(parameter), "")
        if parameter.kind == "array" and form.text:  # many texts come without
            return Argument("", name, "null", "")
        if parameter.kind == "config":
            name = "options"
        doc = re.sub(r", in ns\b", "", parameter.doc) if type_ == "Duration" else parameter.doc
        doc = java_docs.parameter(self.noun, function, doc or parameter.name.replace("_", " "))
        if nullable:
            doc += ", or null"
        if nullable and parameter.kind != "array":
            doc += f": {java_docs.prose(self.noun, function, parameter.none or 'none')}"
        return Argument(type_, name, passed, doc)

    def left_out(self, parameter):
        if parameter.name == "ttl_ns":
            return "Cache.ttl(null)"
        return str(parameter.default) if parameter.name.endswith("_ns") else "null"

    def crossing(self, function, parameter, name, form, nullable):
        """The type, and what the raw call is given."""
        given = name if nullable else f'Objects.requireNonNull({name}, "{name}")'
        if parameter.kind == "bytes" and self.keyed:
            key = parameter.name == "key"
            return ("K", f"encode({name})") if key else ("V", f"encodeValue({name})")
        if parameter.kind == "bytes" and form.text and parameter.name == "key":
            return "String", f'Bytes.of({name}, "{name}")'
        if parameter.kind == "bytes":
            return "byte[]", given
        if parameter.kind == "many":
            if self.keyed:
                return "Collection<? extends K>", f"pack({name})"
            texts = f'Bytes.of({name}, "{name}")'
            if function.facts.get("java_text"):
                return "Collection<String>", f'PackedBytes.of({texts}, "{name}")'
            if form.text:
                return "Collection<String>", texts
            return "List<byte[]>", f'PackedBytes.of({name}, "{name}")'
        if parameter.kind == "array":
            number = INTEGERS[parameter.c_types[0].split()[1]]
            spread = function.facts.get("java_spread")
            return f"{number}{'...' if spread else '[]'}", name if spread else given
        if parameter.name == "count" and java_lists.counts(function):
            return "int", name
        if parameter.kind == "config":
            return f"Consumer<{noun(function.noun)}Options<?>>", "config"
        if parameter.kind == "text":
            return "String", given
        if parameter.kind == "flag" or parameter.facts.get("java_flag"):
            return "boolean", f"{name} ? 1 : 0"
        if parameter.kind in ("handle", "scope"):
            return class_of(HANDLE.fullmatch(parameter.c_types[0])[1]), f"{given}.raw"
        if parameter.name == "ttl_ns":
            return "Duration", f"Cache.ttl({name})"
        if parameter.name.endswith("_ns") and not parameter.facts.get("java_nanos"):
            crossed = f'Bytes.elapsed({name}, "{name}")'
            return "Duration", (
                f"{name} == null ? {parameter.default} : {crossed}" if nullable else crossed
            )
        enum = parameter.enum or parameter.name == "which" and function.facts.get("enum")
        if enum:
            return enums()[enum].name_in("java"), f"{given}.code"
        return INTEGERS[parameter.c_types[0]], name

    def answer_many(self, function, form, passed, given, lists):
        """An array of answers, one a key; or what the class reads from them."""
        facts, out = function.facts, lists.filled
        integer, name = INTEGERS[out.c_types[0].split()[0]], java_parameter(out.name)
        kind = facts.get("java_type", f"{integer}[]")
        if form.text and not facts.get("java_text"):
            of = [a.passed for a in given]
            of += ["null" for p in function.given if p.kind == "array"]
            return kind, self.body(f"return {call_name(function)}({', '.join(of)});")
        lines = [f"{integer}[] {name} = new {integer}[{lists.size}];", *lists.checks()]
        call = f"raw.{camel(function.verb)}{'At' if form.timed else ''}"
        call = f"{call}({', '.join([*passed, name])})"
        if facts.get("java_reads"):
            call = self.within(function, f"{facts['java_reads']}({call}, {name})")
            return kind, self.body(*lines, f"return {call};")
        return kind, self.body(*lines, f'Status.check({call}, "{lists.name}");', f"return {name};")

    def answer(self, function, form, passed, given):
        """The result's type, and the body."""
        outs = [p for p in function.outs if p.c_types[0] in ("int32_t *", "int64_t *")]
        value = any(p.c_types[0] == "og_value **" for p in function.outs)
        ticket = function.gives == "permit" and len(outs) == 1
        facts, gives = function.facts, function.gives
        passed = [*passed, *self.outs(function, outs, ticket, value)]
        name = camel(function.verb) + ("At" if form.timed else "")
        static = not any(p.kind == "self" for p in function.parameters)
        call = f"{raw(self.noun.name) if static else 'raw'}.{name}({', '.join(passed)})"
        if facts.get("java_reads"):
            array = ["long[] answer = new long[2];"] if value else []
            read = f"{facts['java_reads']}({call}{', answer' if value else ''})"
            return facts["java_type"], self.body(*array, f"return {self.within(function, read)};")
        call = self.within(function, call)
        if any(p.kind == "config" for p in function.given):
            call = f"Options.with(new Change(), options, config -> {call})"
        throws = any(p.kind == "error" for p in function.parameters)
        blame = self.blame(function, form, given)
        checked = (
            call if throws or facts.get("java_unchecked") else f"Status.check({call}, {blame})"
        )
        if facts.get("java_check"):
            checked = f"{facts['java_check']}({call}, {blame.split(', ')[-1]})"
        if facts.get("java_enum"):
            return facts["java_enum"], self.body(f"return {facts['java_enum']}.of({checked});")
        if facts.get("java_new"):
            return facts["java_new"], self.body(f"return new {facts['java_new']}({checked});")
        if facts.get("java_gives"):
            of = facts["java_gives"]
            if of == "Duration":
                return of, self.body(f"return Duration.ofNanos({checked});")
            if outs:
                array = f"long[] said = new long[{len(outs)}];"
                return of, self.body(array, f"return {of}.of({checked}, said);")
            if facts.get("java_check"):
                return of, self.body(f"return {checked};")
            return of, self.body(f"return {of}.of({call});")
        if ticket:
            out = java_parameter(outs[0].name)
            return "Ticket", self.body(
                f"int[] {out} = new int[1];",
                f"long id = {checked};",
                f"return new Ticket(id, {out}[0]);",
            )
        if gives == "wait" and "OG_NONE" in function.returns:
            return "Optional<Duration>", self.body(f"return Status.perhaps({call}, {blame});")
        if gives == "number" and "OG_NONE" in function.returns:
            return "OptionalDouble", self.body(f"return Status.number({call}, {blame});")
        if gives in ("wait", "duration") and not call_name(function).endswith("Nanos"):
            return "Duration", self.body(f"return Duration.ofNanos({checked});")
        if gives == "noun":
            return self.made(function, call)
        if gives == "enum":
            java = enums()[facts["enum"]].name_in("java")
            return java, self.body(f"return {java}.of({checked});")
        integer = "int" if function.result == "int32_t" else "long"
        kind, text = {
            "done": ("void", f"{checked};"),
            "nothing": ("void", f"{checked};"),
            "truth": ("boolean", f"return {checked} != 0;"),
            "stood": ("boolean", f"return Status.ok({call}, {blame});"),
            "outcome": ("boolean", f"return Status.ok({call}, {blame});"),
            "number": ("double", f"return Status.number({call}, {blame}).orElseThrow();"),
            "text": ("String", f"return {call};"),
            "value": ("byte[]", f"return {call};"),
        }.get(gives, (integer, f"return {checked};"))
        return kind, self.body(text)

    def within(self, function, call):
        method_ = function.facts.get("java_within")
        return f"{method_}(() -> {call})" if method_ else call

    def outs(self, function, outs, ticket, value):
        """What the raw call is given for what comes out."""
        if value:
            return ["answer" if function.facts.get("java_reads") else "new long[2]"]
        if ticket:
            return [java_parameter(outs[0].name)]
        if function.gives == "enum":
            return ["null" for _ in outs]
        return ["said"] if outs else []

    def made(self, function, call):
        out = next(p for p in function.outs if p.name == "out")
        handle = HANDLE.fullmatch(out.c_types[0])[1]
        class_ = noun(handle)
        if "OG_NONE" not in function.returns:
            is_record = nouns.load()[handle].facts.get("record")
            made = f"{class_}.read({call})" if is_record else f"new {class_}({call})"
            return class_, self.body(f"return {made};")
        return f"Optional<{class_}>", self.body(
            f"{raw(handle)} made = {call};",
            f"return made == null ? Optional.empty() : Optional.of(new {class_}(made));",
        )

    def blame(self, function, form, given):
        """What of the arguments is at fault, as Status.check takes it."""
        blamed, wrong = function.blamed, function.wrong
        name = java_parameter(blamed.name) if blamed else ""
        number = blamed is not None and blamed.kind in ("whole", "real", "flag")
        number = number and any(a.name == name and a.type in NUMBERS for a in given)
        if wrong:
            return f'"{wrong}", {name}' if wrong.endswith(" ") else f'"{wrong}"'
        if blamed:
            return f'"{name} is not valid: ", {name}' if number else f'"{name}"'
        return '"the time is negative: ", nowNanos' if form.timed else '""'

    def body(self, *statements):
        return [line for each in statements for line in statement(self.indent + "  ", each)]
