# SPDX-License-Identifier: Apache-2.0
"""A function of the C interface as members of Python: the arguments by their kinds, the call with and without a time,
the object that the scalar becomes."""

import dataclasses
from dataclasses import dataclass, field

from python_arguments import Taken, handle_of
from python_forms import FORMS, OTHERWISE, Form, named
from python_options import options_class
from python_outs import Out, outs_of
from python_stubs import Answer, Argument, Member
from wording import lower_first, pascal

# The classes of outcomes that are errors.
RAISED = {"OG_FULL": "Full", "OG_UNSUPPORTED": "Unsupported", "OG_CLOSED": "ClosedError"}
NOW = Argument("now_ns", "None", "int | None", True, "The time, in ns on the noun's clock.")


def _has_self(function):
    return any(p.kind == "self" for p in function.parameters)


@dataclass
class Method:
    """One method in the making."""

    function: object
    one: object  # Named
    in_c: list  # of Taken, in C's order
    in_python: list  # of Taken, in Python's
    outs: list
    form: Form | None = None
    lines: list = field(default_factory=list)

    @property
    def timed(self):
        return self.function.at and not self.one.attribute and not self.one.special

    @property
    def configures(self):
        """Whether it is given options, which the noun's repr shows."""
        return any(taken.kind == "config" for taken in self.in_c)

    @property
    def leader(self):
        """Whose number of items is the call's."""
        return next((taken for taken in self.in_c if taken.leads), None)

    @property
    def count(self):
        return f"{self.leader.parameter.name}.count()" if self.leader else "count"

    @property
    def places(self):
        """Where each of Python's parameters begins, and the place behind all of them."""
        places = [0]
        for taken in self.in_python:
            places.append(places[-1] + len(taken.arguments))
        return places

    @property
    def arguments(self):
        made = [argument for taken in self.in_python for argument in taken.arguments]
        made += self.form.arguments
        return made + [NOW] if self.timed else made

    @property
    def said_name(self):
        """C++: the name that errors give the call."""
        if self.one.attribute:
            return f'"{self.one.name}"'
        return f'"{next(named(self.function)).name}"' if self.one.special else "given.method()"


class Caller:
    """Makes the members of one noun. `own` is [python.parameters]; `enums` {toml name: class}; `answers` the named
    tuples; `described` every noun."""

    def __init__(self, noun, own, enums, answers, described, words):
        self.noun, self.own, self.enums, self.answers = noun, own, enums, answers
        self.described, self.words = described, words
        self.classes = {each.name: each.cls for each in described.values()}
        self.lists = {
            each.name
            for each in described.values()
            if not each.facts.get("python", {}).get("class", True)
        }
        self.used = set()  # enums of the C++

    # ---- the object that comes back ----

    def _enum(self, name):
        cls = self.enums[name]
        self.used.add(cls)
        return cls

    def _of_out(self, out, of_ticket=False):
        enum = out.parameter.enum and out.kind in ("index", "number")
        enum = self._enum(out.parameter.enum) if enum else None
        return out.object(enum, of_ticket), out.type(enum)

    def _form(self, method):
        function, one = method.function, method.one
        kind, _, of = one.form.partition(" of ")
        if kind == "list" and of:
            return self._records(method, *of.split(" from "))
        if kind == "list":
            return self._list(method)
        if one.form in FORMS:
            form = FORMS[one.form]
            if one.or_none:
                form = dataclasses.replace(
                    form,
                    answer=f"result == OG_NONE ? none() : {form.answer}",
                    type=f"{form.type} | None",
                )
            return form
        if one.form == "permit":
            (refused,) = function.facts["outcomes"]
            return Form(
                f"result == {refused} ? none() : integer(result)", "int | None", {refused: "None"}
            )
        if one.form == "enum":
            cls = self._enum(function.facts["enum"])
            answer = f"k{cls}(result).release().ptr()"
            if one.or_none:
                answer = f"result == OG_NONE ? none() : {answer}"
            return Form(answer, cls + (" | None" if one.or_none else ""), {"OG_NONE": "None"})
        if one.form == "noun":
            (out,) = method.outs
            handle = handle_of(out.parameter.c_types[0])
            made = self.classes[handle] + (" | None" if one.or_none else "")
            owner = "" if one.attribute else ", given.self"
            return Form(f"made_by<{pascal(handle)}>(self, out{owner})", made, {"OG_NONE": "None"})
        if one.form == "created":
            (out,) = method.outs
            made = pascal(self.noun.name)
            before = (f"auto made = fresh<{made}>({out.variable});",)
            answer = "py::cast(std::move(made)).release().ptr()"
            return Form(answer, self.noun.cls, returns="", before=before)
        if one.form == "text" and not method.outs:
            return Form("said(result).release().ptr()", "str")
        if one.form == "text":
            return Form("text_of(out)", "str")
        if one.form == "json":
            return Form("json_of(out).release().ptr()", one.type)
        if one.form == "shown":
            return Form(f'PyUnicode_FromFormat("<{self.noun.cls} %s>", result)', "str")
        if one.form == "out":
            (out,) = method.outs
            answer, type_ = self._of_out(out)
            return Form(f"{answer}.release().ptr()", type_)
        if one.form == "tuple":
            parts, types = zip(*map(self._of_out, method.outs))
            return self._perhaps(
                one, f"py::make_tuple({', '.join(parts)})", f"tuple[{', '.join(types)}]"
            )
        return self._answer(method)

    def _perhaps(self, one, made, type_):
        """What is made only of a good result."""
        if one.or_status:
            return Form(
                f"(result == OG_OK ? {made} : Enum::status(result)).release().ptr()",
                f"{type_} | Status",
                {"OG_OK": f"the {type_}"},
            )
        if one.or_none:
            return Form(f"result == 0 ? none() : {made}.release().ptr()", f"{type_} | None")
        return Form(f"{made}.release().ptr()", type_)

    def _answer(self, method):
        """A named tuple: of the scalar where that is one, and of the outs."""
        name, gives = method.one.form, method.function.gives
        parts = [self._of_out(out, gives == "permit")[0] for out in method.outs]
        if gives == "permit":
            parts.insert(0, "positive_or_status(result)")
        elif gives == "wait":
            parts.insert(0, "owned(integer(result))")
        self._described(name, method.one, method.outs, method.function)
        return self._perhaps(method.one, f"answers::{name}({', '.join(parts)})", name)

    def _described(self, name, one, outs, function=None, cls=None):
        """Makes the answer of that name known, unless it is by hand in members/*.pyi. Its first field is the scalar of
        the function that gives it."""
        of = f"{cls or self.noun.cls}.{one.name}"
        for at, answer in enumerate(self.answers):
            if answer.name == name:
                if answer.made and not one.special:
                    said = f"{answer.doc.removesuffix('.')} and {of}."
                    self.answers[at] = dataclasses.replace(answer, doc=said)
                return
        fields = []
        if function and function.gives == "wait":
            fields.append(("wait_ns", "int", "0: it passed"))
        elif function and function.gives == "permit":
            refused = " or ".join(map(self.words.constant, function.facts["outcomes"]))
            said = one.fields.get(one.scalar, f"above 0, or {refused}")
            fields.append((one.scalar, "int", said))
        for out in outs:
            doc = (
                one.fields.get(out.name) or out.parameter.doc or self.own[out.parameter.name]["doc"]
            )
            said = lower_first(self.words.spell(doc)).removesuffix(".")
            fields.append((out.name, self._of_out(out)[1], said))
        self.answers.append(Answer(name, f"Of {of}.", fields, made=True))

    def _list(self, method):
        """One answer for each key."""
        out = method.outs[0]
        name = out.variable
        if out.kind == "filled":  # by a second call, as the first says how many there are
            before, after = self._passed(method)
            again = (
                f"{name}.resize(static_cast<size_t>(result));",
                f"{method.function.name}({', '.join(['self.get()', *before, *after])});",
            )
            return Form(f"indexes({name}).release().ptr()", "list[int]", before=again)
        if out.kind == "indexes":
            return Form(
                f"indexes({name}).release().ptr()", "list[int | None]", {"OG_NONE": "None"}, ""
            )
        if out.kind == "numbers":
            return Form(f"integers({name}).release().ptr()", "list[int]")
        more = OTHERWISE if "OG_MISS" in self._outcomes_of_one(method) else OTHERWISE[:1]
        otherwise = "{0}, {1}" if len(more) == 2 else "{0}, {0}"
        return Form(
            f"found_many(self, {name}, {otherwise}, given.method())",
            "list[Any]",
            returns="a list of what each is.",
            arguments=more,
        )

    def _outcomes_of_one(self, method):
        """The outcomes of the function that this one is of many keys."""
        return self.noun.function(method.function.verb.removesuffix("_many")).facts["outcomes"]

    def _records(self, method, name, verbs="at"):
        """A list of answers, which the verbs read by their index. What a verb returns is of its name."""
        if method.outs:
            (out,) = method.outs
            records = self.described[handle_of(out.parameter.c_types[0])]
            holder, count = out.variable, f"og_{records.name}_count({out.variable})"
        else:
            records, holder, count = self.noun, "self.get()", "result"
        own = {**self.own, **records.facts.get("python", {}).get("parameters", {})}
        reader = Caller(records, own, self.enums, self.answers, self.described, self.words)
        lines, parts = [], []
        for verb in verbs.split(" and "):
            read = records.function(verb)
            outs = list(outs_of(read, self.lists, own))
            passed = ", ".join([holder, "i", *(part for each in outs for part in each.passed)])
            lines += [line for each in outs for line in each.declared(count)]
            lines.append(f"[[maybe_unused]] auto {verb} = {read.name}({passed});")
            parts += outs
            if verb in method.one.fields:
                parts.append(Out("status", verb, read.parameters[0], {}))
        if method.one.fields:
            parts.sort(key=lambda part: list(method.one.fields).index(part.name))
        reader._described(name, method.one, parts, cls=self.noun.cls)
        made = ", ".join(reader._of_out(each)[0] for each in parts)
        before = [
            "py::list answer;",
            f"for (int64_t i = 0; i < {count}; ++i) {{",
            *(f"  {line}" for line in lines),
            f"  answer.append(answers::{name}({made}));",
            "}",
        ]
        return Form("answer.release().ptr()", f"list[{name}]", before=tuple(before), returns="")

    # ---- the call ----

    def _taken(self, function, one):
        whole = one.name.endswith("_ns")
        made = [
            Taken(p, self.own.get(p.name, {}), self.classes, whole, options_class(self.noun))
            for p in function.given
            if p.kind != "clock" and not p.name.endswith("capacity")
        ]
        made += [
            Taken(p, self.own.get(p.name, {}), self.classes)
            for p in function.outs
            if p.c_types[0] == "void *"
        ]
        leader = next((taken for taken in made if taken.leads), None)
        in_python = [taken for taken in made if not (leader and taken.parameter.name == "count")]
        if one.special:
            in_python = [t for t in in_python if t.default is None and t.kind != "out"]
        if one.order:
            at = one.order.index
            return made, sorted(in_python, key=lambda taken: at(taken.parameter.name))
        return made, sorted(in_python, key=lambda taken: taken.shown is not None)

    def _passed(self, method):
        """What C is given before the time, and behind it."""
        before, after = [], []
        for taken in method.in_c:
            if taken.kind == "out":
                after += taken.passed() if taken in method.in_python else ["nullptr", "0"]
            elif taken in method.in_python:
                before += taken.passed()
            elif taken.parameter.name == "count" and method.leader:
                before.append(method.count)
            elif taken.kind == "bytes":
                before += ["nullptr", "0"]
            else:
                before.append(str(taken.default))
        for out in method.outs:
            after += out.passed
        return before, after

    def _conversions(self, method):
        for at, taken in zip(method.places, method.in_python):
            yield taken.conversion(at)
        if method.timed:
            yield f"auto now = given.time({method.places[-1] + len(method.form.arguments)});"
        leader = method.leader
        for taken in method.in_python:
            if leader and taken is not leader and taken.kind in ("many", "array"):
                name = taken.parameter.name
                yield (
                    f'as_many({name}, "{taken.name}", {leader.parameter.name}, "{leader.name}");'
                )
        for out in method.outs:
            yield from out.declared(method.count)

    def _called(self, method):
        """The lines that set `result`."""
        function, one = method.function, method.one
        before, after = self._passed(method)
        own = _has_self(function)
        calls_back = self.noun.facts.get("calls_back") and function.facts.get("waits")
        unlocked = calls_back or one.unlocked or method.configures
        if own:
            before.insert(0, "within.handle" if unlocked else "self.get()")
        if any(p.kind == "error" for p in function.parameters):
            after.append("call" if calls_back else "checked")
            if not calls_back:
                yield "Checked checked;"
        kind = function.result if function.result in ("double", "const char *") else "int64_t"
        result = f"{kind} result = ".replace("* result", "*result")
        if calls_back:
            yield "StoreCall call;"
        if unlocked:
            yield "int64_t result = 0;"
            yield "{"
            yield "  Unlocked within(self);" if own else "  WithoutGil others;"
            result = "  result = "
        if method.timed:
            align = " " * (len(result) + 4)
            yield (
                f"{result}now ? {function.name}_at({', '.join([*before, '*now', *after])})\n"
                f"{align}: {function.name}({', '.join([*before, *after])});"
            )
        else:
            yield f"{result}{function.name}({', '.join([*before, *after])});"
        if unlocked:
            yield "}"
        if one.form == "noun" and one.or_none:  # its error would say why there is none
            yield "if (result == OG_NONE) return none();"
        if calls_back:
            yield f"call(result, {method.said_name});"
        elif "checked" in after:
            yield "checked(result);"
        yield from self._raised(method)
        if kind != "const char *" and not calls_back:
            yield f"{'check_number' if kind == 'double' else 'check'}(result, {self._at_fault(method, kind)});"

    def _at_fault(self, method, kind):
        """What check() is told of: the argument that an error blames and what is wrong with it, or the method's name."""
        wrong = method.function.wrong
        blamed = next(
            (
                n
                for n, taken in enumerate(method.in_python)
                if taken.parameter == method.function.blamed
            ),
            None,
        )
        # What was checked on its way in is not at fault.
        bare = blamed is not None and method.in_python[blamed]
        if bare and (bare.kind not in ("index", "whole", "real") or bare.own.get("natural")):
            blamed = None
        if method.one.special or method.one.attribute or not (wrong or blamed is not None):
            return method.said_name
        place = (
            f", {method.places[blamed]}"
            if blamed is not None and (not wrong or wrong.endswith(" "))
            else ""
        )
        return f'given, "{wrong}"{place}'

    def _raised(self, method):
        """Outcomes that are errors in Python."""
        for outcome, said in method.one.raises.items():
            said = {"text": said} if isinstance(said, str) else said
            text = f'"{said["text"]}"'
            if said["text"].startswith("{method}"):
                text = f"std::string({method.said_name}) + {text.replace('{method}', '')}"
            option = f', "{said["option"]}"' if "option" in said else ""
            seen = (
                f"static_cast<double>({outcome})" if method.function.result == "double" else outcome
            )
            yield f"if (result == {seen}) raise({outcome}, {text}{option});"
        if method.one.name == "__next__":
            yield "if (result == OG_NONE) return stop_iteration();"

    def _body(self, method):
        yield from self._conversions(method)
        yield from self._called(method)
        wakes = method.function.facts.get("wakes")
        if wakes and "wakes" in self.noun.facts.get("python", {}):
            yield "self.wake_all();" if wakes == "all" else f"self.wake({wakes});"
        if method.configures:
            yield "keep_options(self, given.options);"
        yield from method.form.before
        if method.one.then:
            yield method.one.then
        places = [f"given[{method.places[-1] + i}]" for i in range(2)]
        yield f"return {method.form.answer.replace('{0}', places[0]).replace('{1}', places[1])};"

    # ---- the members ----

    def _method(self, function, one):
        in_c, in_python = self._taken(function, one)
        outs = [out for out in outs_of(function, self.lists, self.own) if out.kind != "buffer"]
        method = Method(function, one, in_c, in_python, outs)
        method.form = self._form(method)
        return method

    def doc(self, method, arguments):
        one, form = method.one, method.form
        function = method.function
        if one.doc is not None:
            function = dataclasses.replace(function, doc=(one.doc,) if one.doc else ())
        instead = form.instead | {word: RAISED.get(word, "OutgrowError") for word in one.raises}
        if one.attribute:
            return self.words.attribute(function, instead)
        returns = one.returns if one.returns is not None else form.returns
        said = () if one.special else arguments
        return self.words.method(function, instead, returns, said, one.more)

    def members(self, function):
        for one in named(function):
            method = self._method(function, one)
            yield Member(
                one.name,
                "property" if one.attribute else "method" if _has_self(function) else "static",
                () if one.attribute else tuple(method.arguments),
                method.form.type,
                self.doc(method, method.arguments),
                list(self._body(method)),
            )

    def _said(self, argument):
        """An argument by hand, with what the description says of a parameter of its name."""
        said = self.noun.facts.get("parameters", {}).get(argument.name, "")
        said = said.get("doc", "") if isinstance(said, dict) else said
        return dataclasses.replace(argument, doc=self.own.get(argument.name, {}).get("doc", said))

    def creators(self):
        """The static methods that make the noun; [python.creators] names the functions, less their create_."""
        for verb, facts in self.noun.facts.get("python", {}).get("creators", {}).items():
            said = {"python": {verb: {"form": "created", **facts}}}
            function = self.noun.creator(f"create_{verb}")
            yield from self.members(dataclasses.replace(function, facts=said))

    def doc_of(self, member):
        """Of a member by hand that is a function's: what the header says, and of the arguments that it has too."""
        for function in self.noun.functions:
            names = {one.name: one for one in named(function)}
            one = names.get(member.name) or (
                next(iter(names.values()), None) if function.verb == member.name else None
            )
            if one:
                method = self._method(function, one)
                known = {argument.name: argument for argument in method.arguments}
                return self.doc(
                    method, [known.get(a.name) or self._said(a) for a in member.arguments]
                )
        raise SystemExit(
            f"members: {self.noun.cls}.{member.name} is no function: it needs a docstring"
        )
