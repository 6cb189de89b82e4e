# SPDX-License-Identifier: Apache-2.0
"""A function of the C interface as members of Python: the arguments by their kinds, the call with and without a time,
the object that the scalar becomes."""

import math

from python_forms import FORMS, Form, named
from python_stubs import Argument, Member
from wording import pascal

CPP_WORDS = {"delete", "default", "operator", "register", "union", "new", "this", "export"}


def cpp_name(name):
    return f"{name}_" if name in CPP_WORDS else name


def handle_of(c_type):
    """ "endpoints" of const og_endpoints *"""
    return c_type.replace("const ", "").strip(" *")[3:]


class Taken:
    """One parameter: how Python gives it and how C takes it."""

    def __init__(self, parameter, own, classes):
        self.parameter, self.own = parameter, own
        self.wide = parameter.c_types[0] == "int64_t"
        self.kind = parameter.kind
        if self.kind == "whole" and parameter.name.endswith("_ns") and not own.get("whole"):
            self.kind = "duration"
        if self.kind == "scope":
            self.kind = "handle"
        self.name = own.get("name") or (
            parameter.name.removesuffix("_ns") if self.kind == "duration" else parameter.name
        )
        self.default = own.get("default", parameter.default)
        self.classes = classes

    @property
    def shown(self):
        """The default as Python shows it; None: it must be given."""
        if self.default is None:
            return None
        if self.kind == "bytes":
            return repr(str(self.default).encode())
        if "shown" in self.own:
            return self.own["shown"]
        if self.kind == "duration" or isinstance(self.default, float) and math.isnan(self.default):
            return "None"
        return repr(self.default)

    @property
    def annotation(self):
        types = {
            "bytes": "Key",
            "text": "str",
            "flag": "bool",
            "whole": "int",
            "real": "float",
            "duration": "Duration",
        }
        if self.kind == "handle":
            made = self.classes[handle_of(self.parameter.c_types[0])]
        else:
            made = self.own.get("type") or types[self.kind]
        optional = self.shown == "None" or self.own.get("none") is not None
        return f"{made} | None" if optional and "None" not in made else made

    @property
    def argument(self):
        doc = self.own.get("doc", self.parameter.doc)
        if self.kind == "duration":
            doc = doc.replace(", in ns", ", in seconds or a timedelta")
        if self.shown == "None" or self.own.get("none") is not None:
            doc = doc.replace("NaN", "None")
            if self.parameter.none and "doc" not in self.own:
                doc = f"{doc.removesuffix('.')}; None is {self.parameter.none}."
        return Argument(self.name, self.shown, self.annotation, doc=doc)

    def _otherwise(self):
        if self.default is None:
            return None
        if isinstance(self.default, bool):
            return str(self.default).lower()
        if isinstance(self.default, float) and math.isnan(self.default):
            return 'std::nan("")'
        return str(self.default)

    def conversion(self, at):
        """The C++ that converts argument `at`."""
        name, otherwise = cpp_name(self.parameter.name), self._otherwise()
        more = "" if otherwise is None else f", {otherwise}"
        if self.kind == "bytes":
            return f"Bytes {name} = given.key({at});"
        if self.kind == "text":
            return f"std::string {name} = given.text({at});"
        if self.kind == "flag":
            return f"int32_t {name} = given.truth({at}, {otherwise or 'true'});"
        if self.kind == "real":
            absent = self.own.get("none", self.default)
            absent = 'std::nan("")' if absent is not None and math.isnan(absent) else absent or 0
            return f"double {name} = given.number({at}, {absent});"
        if self.kind == "duration":
            return f"int64_t {name} = given.duration({at}, {otherwise or 0});"
        if self.kind == "handle":
            noun = pascal(handle_of(self.parameter.c_types[0]))
            return f'const auto &{name} = given_noun<{noun}>(given[{at}], "{self.name}");'
        if not self.wide:
            return f"int32_t {name} = given.index({at}{more});"
        take = "natural" if self.own.get("natural") else "integer"
        return f"int64_t {name} = given.{take}({at}{more});"

    def passed(self):
        """The arguments of C."""
        name = cpp_name(self.parameter.name)
        return {
            "bytes": [f"{name}.data()", f"{name}.size()"],
            "text": [f"{name}.c_str()"],
            "handle": [f"{name}.get()"],
        }.get(self.kind, [name])


class Caller:
    """Makes the members of one noun. `own` is [python.parameters]; `enums` {toml name: class}; `answers` the named tuples."""

    def __init__(self, noun, own, enums, answers, classes, words):
        self.noun, self.own, self.enums, self.answers = noun, own, enums, answers
        self.classes, self.words = classes, words

    def _form(self, function, one):
        if one.form in FORMS:
            return FORMS[one.form]
        if one.form == "permit":
            (refused,) = function.facts["outcomes"]
            return Form(
                f"result == {refused} ? none() : integer(result)", "int | None", {refused: "None"}
            )
        if one.form == "enum":
            cls = self.enums[function.facts["enum"]]
            answer = f"k{cls}(result).release().ptr()"
            if one.or_none:
                answer = f"result == OG_NONE ? none() : {answer}"
            return Form(answer, cls + (" | None" if one.or_none else ""), {"OG_NONE": "None"})
        if one.form == "noun":
            (out,) = function.outs
            made = pascal(handle_of(out.c_types[0]))
            cls = self.classes[handle_of(out.c_types[0])]
            return Form(
                f"made_by<{made}>(self, out)",
                cls + (" | None" if one.or_none else ""),
                {"OG_NONE": "None"},
            )
        if one.form == "text" and not function.outs:
            return Form("said(result).release().ptr()", "str")
        if one.form == "text":
            return Form("text_of(out)", "str")
        ticket = function.gives == "permit"
        parts = ["positive_or_status(result)" if ticket else "owned(integer(result))"]
        parts += [
            f"number_or_status({p.name})" if ticket else f"owned(integer({p.name}))"
            for p in function.outs
        ]
        return Form(
            f"answers::{one.form}({', '.join(parts)}).release().ptr()", one.form
        )  # fmt: skip

    def _taken(self, function):
        made = [
            Taken(p, self.own.get(p.name, {}), self.classes)
            for p in function.given
            if p.kind != "clock"
        ]
        return made, sorted(made, key=lambda taken: taken.default is not None)

    def body(self, function, one, form, in_c, in_python, attribute):
        lines = [
            taken.conversion(in_python.index(taken))
            for taken in sorted(in_c, key=in_python.index)
        ]  # fmt: skip
        if function.at and not attribute:
            lines.append(f"auto now = given.time({len(in_python)});")
        passed = ["self.get()"] if any(p.kind == "self" for p in function.parameters) else []
        before = passed + [part for taken in in_c for part in taken.passed()]
        after = []
        for out in function.outs:
            of = out.c_types[0].removesuffix("*").strip()
            if of == "og_text *":
                lines.append("LongText out;")
                after.append("out.out()")
            elif of.startswith("og_"):
                lines.append(f"{of.removesuffix(' *')} *out = nullptr;")
                after.append("&out")
            else:
                lines.append(f"{of} {out.name} = 0;")
                after.append(f"&{out.name}")
        failing = any(p.kind == "error" for p in function.parameters)
        if failing:
            lines.append("Checked checked;")
            after.append("checked")
        kind = function.result if function.result in ("double", "const char *") else "int64_t"
        result = f"{kind} result = ".replace("* result", "*result")
        if function.at and not attribute:
            forms = [
                f"now ? {function.name}_at({', '.join([*before, '*now', *after])})",
                f": {function.name}({', '.join([*before, *after])});",
            ]
            align = " " * (len(result) + 4)
            lines.append(f"{result}{forms[0]}\n{align}{forms[1]}")
        else:
            lines.append(f"{result}{function.name}({', '.join([*before, *after])});")
        if (
            one.form == "noun" and one.or_none
        ):  # an outcome here, whose error says why there is none
            lines.append("if (result == OG_NONE) return none();")
        if failing:
            lines.append("checked(result);")
        method = f'"{one.name}"' if attribute else "given.method()"
        if kind != "const char *":
            lines.append(f"{'check_number' if kind == 'double' else 'check'}(result, {method});")
        lines.append(f"return {form.answer};")
        return lines

    def members(self, function):
        in_c, in_python = self._taken(function)
        arguments = [taken.argument for taken in in_python]
        if function.at:
            arguments.append(
                Argument(
                    "now_ns", "None", "int | None", True, "The time, in ns on the noun's clock."
                )
            )
        for one in named(function):
            form = self._form(function, one)
            attribute = one.attribute
            if attribute:
                doc = self.words.attribute(function, form.instead)
            else:
                returns = one.returns if one.returns is not None else form.returns
                doc = self.words.method(function, form.instead, returns, arguments, one.more)
            yield Member(
                one.name,
                "property" if attribute else "method",
                () if attribute else tuple(arguments),
                form.type,
                doc,
                self.body(function, one, form, in_c, in_python, attribute),
            )
