# SPDX-License-Identifier: Apache-2.0
"""bindings/python/src/<noun>_generated.cpp: the class of a noun with its methods, and what lists all nouns."""

import re

from python_arguments import cpp_name
from python_nouns import MARK, SOURCES

WIDTH = 100


def source(what, *parts):
    return "\n".join(
        ["// SPDX-License-Identifier: Apache-2.0", f"// {MARK.format(what)}", *parts, ""]
    )


def laid_out(statement, indent):
    """One statement in lines of at most WIDTH, broken behind commas and aligned with the first argument."""
    lines = []
    for text in statement.split("\n"):
        text = " " * indent + text
        while len(text) > WIDTH:
            cut = _cut(text)
            opened = _opened(text[: cut + 1])
            if cut < 0 or opened is None:
                break
            lines.append(text[: cut + 1])
            text = " " * (opened + 1) + text[cut + 2 :]
        lines.append(text)
    return lines


def _cut(text):
    """Where the last comma within WIDTH stands that is in no quotes."""
    commas = (found.start() for found in re.finditer(r', (?=(?:[^"]*"[^"]*")*[^"]*$)', text))
    return max((at for at in commas if at < WIDTH), default=-1)


def _opened(text):
    """Where the innermost bracket that is still open at the end stands; before the text, where that one is of a line
    above."""
    stack = []
    for at, letter in enumerate(text):
        if letter in "({":
            stack.append(at)
        elif letter in ")}" and stack:
            stack.pop()
    before = len(text) - len(text.lstrip()) - 1
    return stack[-1] if stack else before if before >= 4 else None


def raw(text):
    assert ')doc"' not in text
    return f'R"doc({text})doc"'


def default_in_cpp(default):
    return {"None": "py::none()", "False": "py::bool_(false)", "True": "py::bool_(true)"}.get(
        default, default.replace("'", '"')
    )


def _arguments(arguments):
    """pybind11's, of __init__ and static functions."""
    parts, named = [], False
    for argument in arguments:
        if argument.named_only and not named:
            parts.append("py::kw_only()")
            named = True
        parts.append(
            f'py::arg("{argument.name}")'
            + ("" if argument.default is None else f" = {default_in_cpp(argument.default)}")
        )
    return parts


def has_options(member):
    return any(part.startswith("**") for part in member.stub or ())


def _takes_options(member):
    """Whether a method takes options and nothing else."""
    return any(argument.name.startswith("**") for argument in member.arguments)


def _objects(member):
    given = [f"const py::object &{argument.name}" for argument in member.arguments]
    return ", ".join(given + (["const py::kwargs &options"] if has_options(member) else []))


def cpp_function(member):
    """ "special_len" for __len__"""
    special = re.fullmatch(r"__(\w+)__", member.name)
    return f"special_{special[1]}" if special else cpp_name(member.name)


def head_of(cls, member):
    name = cpp_function(member)
    if member.kind == "property":
        return f"py::object {name}(const {cls.cpp} &self)"
    if has_options(member):
        return f"py::object {name}({_objects(member)})"
    count = len(member.arguments)
    body = None if member.body is None else "".join(member.body)
    own, given = (
        name if body is None or re.search(rf"(?<!\.)\b{name}\b", body) else ""
        for name in ("self", "given")
    )
    own = "" if member.kind == "static" else f"{cls.cpp} &{own}, "
    taken = "Keywords" if _takes_options(member) else f"Arguments<{count}>"
    return f"PyObject *{name}({own}const {taken} &{given})"


def _declared(cls):
    by_hand = [m for m in cls.members if m.body is None and not m.python]
    lines = [line for m in by_hand for line in laid_out(f"{head_of(cls, m)};", 0)]
    if cls.made and cls.make_with is None:
        lines += laid_out(f"std::unique_ptr<{cls.cpp}> make({_objects(cls.make)});", 0)
    return lines


def _body(cls, member):
    body = member.body
    if member.kind == "property":
        body = [re.sub(r"\breturn (.*);$", r"return owned(\1);", line) for line in body]
    lines = [line for statement in body for line in laid_out(statement, 2)]
    return ["", *laid_out(f"static {head_of(cls, member)} {{", 0), *lines, "}"]


def _make(cls):
    with_ = cls.make_with
    parts = ["", *laid_out(f"static std::unique_ptr<{cls.cpp}> make({_objects(cls.make)}) {{", 0)]
    options = "options"
    if with_["first"]:
        first = with_["first"]
        parts += [
            "  py::dict all = options;",
            f'  if (!{first}.is_none()) all["{first}"] = {first};',
        ]
        options = "all"
    clock = "clock" if with_["clock"] else "py::none()"
    more = ", Codec(codec)" if with_["codec"] else ""
    create = with_["create"]
    if with_["over"]:
        for name, noun, through in with_["over"]:
            if through:  # what may be another object than a noun
                parts.append(f'  py::object {name}_made = {through}({name}, "{name}");')
                parts.append(f"  const auto &{name}_noun = {name}_made.cast<{noun} &>();")
            else:
                const = "" if with_["in_scope"] else "const "
                parts.append(f'  {const}auto &{name}_noun = given_noun<{noun}>({name}, "{name}");')
        if with_["in_scope"]:
            more += "".join(f", {name}_noun" for name, _, _ in with_["over"])
            adapted = None
        else:
            given = ", ".join(f"{name}_noun.get()" for name, _, _ in with_["over"])
            first = "auto *config" if with_["clock"] else "auto *config, const og_clock *"
            adapted = (
                f"[&]({first}, auto... rest) {{\n  return {create}(config, {given}, rest...);\n}}"
            )
    elif not with_["clock"]:
        first, passed = "auto *config", "config"
        if with_["in_scope"]:
            first, passed = "auto *in, auto *its_name, auto *config", "in, its_name, config"
        adapted = (
            f"[]({first}, const og_clock *, auto... rest) {{\n"
            f"  return {create}({passed}, rest...);\n}}"
        )
    elif with_["waits"]:
        adapted = f"[](auto... given) {{\n  WithoutGil others;\n  return {create}(given...);\n}}"
    else:
        adapted = None
    if adapted:
        parts += laid_out(f"auto create = {adapted};", 2)
        create = "create"
    call = (
        f"make_noun_in<{cls.cpp}>(scope, name, {options}, {clock}, {create}{more})"
        if with_["in_scope"]
        else f"make_noun<{cls.cpp}>({options}, {clock}, {create}{more})"
    )
    if not with_["keeps"]:
        return [*parts, *laid_out(f"return {call};", 2), "}"]
    through = {name: f"{name}_made" for name, _, made in with_["over"] if made}
    kept = [f"  made->{name} = {through.get(name, name)};" for name in with_["keeps"]]
    return [*parts, *laid_out(f"auto made = {call};", 2), *kept, "  return made;", "}"]


def _signed(member, first="self"):
    """The documentation of a function of pybind11's, with the signature as Python reads it."""
    parameters = [first] if first else []
    parameters += [member.signature] if member.arguments else []
    parameters += ["**options"] if has_options(member) else []
    return f"{member.name}({', '.join(parameters)})\n--\n\n{member.doc}"


def _registered(cls, member):
    space = f"{cls.noun}_members"
    function = f"{space}::{cpp_function(member)}"
    if member.kind == "property":
        return [
            f'  type.def_property_readonly("{member.name}", &{function},',
            f"                             {raw(member.doc)});",
        ]
    if has_options(member):
        parts = [f'"{member.name}"', f"&{function}", *_arguments(member.arguments)]
        return [
            *laid_out(f"type.def_static({', '.join(parts)},", 2),
            f"                  {raw(_signed(member, None))});",
        ]
    static = member.kind == "static"
    signature = ", ".join(filter(None, ["" if static else "$self", member.signature]))
    return [
        *laid_out(f"{'static_method' if static else 'method'}<{function}>(", 2),
        f'      type, "{member.name}({signature})",',
        f"      {raw(member.doc)});",
    ]


def _creates(cls):
    made = {
        "_Closing": "closing_class",
        "_Guard": "noun_class",
        "_Noun": "asked_class",
        "": "plain_class",
    }[cls.base]
    lines = [f"  auto type = {made}<{cls.cpp}>(module, {raw(cls.doc)});"]
    if cls.made:
        parts = [f"py::init(&{cls.noun}_members::make)", *_arguments(cls.make.arguments)]
        lines += [
            *laid_out(f"type.def({', '.join(parts)},", 2),
            f"           {raw(_signed(cls.make))});",
        ]
    for name, _, value in cls.constants:
        lines.append(f'  type.attr("{name}") = "{value}";')
    for member in cls.members:
        if not member.python:
            lines += _registered(cls, member)
    if cls.base == "_Guard":
        lines.append("  bind_guard(module, type);")
    return lines


def class_source(cls, headers):
    declared = _declared(cls)
    bodies = [line for m in cls.members if m.body is not None for line in _body(cls, m)]
    make = _make(cls) if cls.make_with else []
    space = f"{cls.noun}_members"
    enums = [f'static const Enum k{enum}("{enum}");' for enum in cls.enums]
    used = {cls.cpp, *re.findall(r"(?:made_by|given_noun|\.cast)<(\w+)", "\n".join(bodies + make))}
    needed = {headers[name] for name in used} | {"class_members.h", "module_generated.h"}
    needed |= {*cls.includes, *(["store.h"] if "StoreCall" in "\n".join(bodies) else [])}
    return source(
        f"capi/nouns/{cls.noun}.toml and bindings/python/members",
        *(f'#include "{header}"' for header in sorted(needed)),
        "",
        "namespace outgrow::python {",
        f"namespace {space} {{",
        *(["", "// By hand."] if declared else []),
        *declared,
        *(["", *enums] if enums else []),
        *bodies,
        *make,
        "",
        f"}}  // namespace {space}",
        "",
        f"void bind_{cls.noun}(py::module_ &module) {{",
        "  py::options documentation;",
        "  documentation.disable_function_signatures();  // each has its own",
        *_creates(cls),
        "}",
        "",
        "}  // namespace outgrow::python",
    )


def classes_header(classes):
    plain = [
        line
        for cls in classes
        if cls.header is None
        for line in (
            "",
            *laid_out(
                f"class {cls.cpp} : public Noun<{cls.cpp}, og_{cls.noun}, og_{cls.noun}_destroy> {{",
                0,
            ),
            " public:",
            f'  static constexpr const char *kName = "{cls.name}";',
            "  using Noun::Noun;",
            "};",
        )
    ]
    return source(
        "capi/nouns",
        "// The classes that are a handle and no more.",
        "#pragma once",
        "",
        '#include "noun.h"',
        "",
        "namespace outgrow::python {",
        *plain,
        "",
        "}  // namespace outgrow::python",
    )


def answers_header(answers):
    lines = []
    for answer in answers:
        fields = ",\n     ".join(f'{{"{name}", {raw(doc)}}}' for name, _, doc in answer.fields)
        lines += [
            f'inline Answer {answer.name}{{"{answer.name}", {raw(answer.doc)},',
            f"    {{{fields}}}}};",
        ]
    each = ", ".join(f"&{answer.name}" for answer in answers)
    return source(
        "bindings/python/members",
        "// Answers of more than one part.",
        "#pragma once",
        "",
        '#include "answer.h"',
        "",
        "namespace outgrow::python::answers {",
        "",
        *lines,
        "",
        *laid_out(f"inline Answer *const kAll[] = {{{each}}};", 0),
        "",
        "}  // namespace outgrow::python::answers",
    )


def module_header(classes, answers):
    names = sorted([cls.name for cls in classes] + [answer.name for answer in answers] + ["NEVER"])
    listed = ", ".join(f'"{name}"' for name in names)
    return source(
        "capi/nouns",
        "// Adds each noun's class to the module, a file each.",
        "#pragma once",
        "",
        "#include <pybind11/pybind11.h>",
        "",
        "namespace outgrow::python {",
        "",
        "namespace py = pybind11;",
        "",
        *(f"void bind_{cls.noun}(py::module_ &module);" for cls in classes),
        "",
        "inline void bind_nouns(py::module_ &module) {",
        *(f"  bind_{cls.noun}(module);" for cls in classes),
        *laid_out(f'module.attr("__all__") = py::make_tuple({listed});', 2),
        "}",
        "",
        "}  // namespace outgrow::python",
    )


def shown_source(described, classes):
    """Metrics.add, by the class of what it is given."""
    by_noun = {cls.noun: cls for cls in classes}
    added = [
        (by_noun[f.facts["adds"]], f)
        for f in described["metrics"].functions
        if "adds" in f.facts
    ]  # fmt: skip
    headers = sorted({cls.header for cls, _ in added if cls.header} | {"nouns_generated.h"})
    return source(
        "capi/nouns/metrics.toml",
        '#include "metrics.h"',
        *(f'#include "{header}"' for header in headers if header != "metrics.h"),
        '#include "method.h"',
        '#include "nouns.h"',
        "",
        "namespace outgrow::python::metrics_members {",
        "",
        "PyObject *add(Metrics &self, const Arguments<2> &given) {",
        "  std::string name = given.text(0);",
        "  py::handle noun = given[1];",
        "  bool shown = "
        + " ||\n               ".join(
            f"shown_as<{cls.cpp}, {f.name}>(self, name, noun)" for cls, f in added
        )
        + ";",
        '  if (!shown) raise_type(std::string("noun must be one that counts, not ") +',
        "                         Py_TYPE(noun.ptr())->tp_name);",
        "  self.keep(name, noun);",
        "  return none();",
        "}",
        "",
        "}  // namespace outgrow::python::metrics_members",
    )


def emit(reader):
    headers = {cls.cpp: cls.header or "nouns_generated.h" for cls in reader.all}
    for cls in reader.all:
        yield f"{SOURCES}/{cls.noun}_generated.cpp", class_source(cls, headers)
    yield f"{SOURCES}/nouns_generated.h", classes_header(reader.all)
    yield f"{SOURCES}/answers_generated.h", answers_header(reader.answers)
    yield f"{SOURCES}/module_generated.h", module_header(reader.all, reader.answers)
    yield f"{SOURCES}/metrics_shown_generated.cpp", shown_source(reader.described, reader.all)
