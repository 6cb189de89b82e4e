# SPDX-License-Identifier: Apache-2.0
"""Go's methods: each enters its noun, calls the raw layer, leaves, and turns the scalar into what Go's users expect.
What that is goes by the kind of answer (GIVES of nouns.py)."""

from dataclasses import dataclass

import go_answers
import go_doc
from go_names import exported, method, raw, receiver, type_of
from wording import camel
from go_types import Argument, signature


@dataclass(frozen=True)
class Shape:
    """What a method returns: types, what it returns for a closed noun, and how the answer is made from what the raw
    function gave, {a}, with {blame} the arguments that may be at fault."""

    results: str
    closed: str
    made: str
    refused: str = (
        ""  # for an argument that Go refuses itself, `err`; as for a closed noun when empty
    )
    outs: tuple[str, ...] = ()  # results of the raw function beside its answer


def shape_of(noun, function, types):
    gives = function.facts.get("go_gives", function.gives)
    outs = [p for p in function.outs if not _filled(function, p)]
    failing = any(p.kind == "error" for p in function.parameters)
    if gives == "text":
        return Shape("(string, error)", '""', "textOf({a}, out, failed)", outs=("out", "failed"))
    if gives == "noun":
        return _noun(function, outs[0], types)
    if function.facts.get("go_answer"):
        results, closed, made, said = go_answers.begun(function, types.permit(noun))
        return Shape(results, closed, made, outs=said)
    if gives == "value" and not failing:
        results = "(value *Value, outcome Status, err error)"
        return Shape(results, "nil, StatusClosed", "pinned({a}, out)", outs=("out",))
    if gives == "value":
        source = [p for p in outs if p.name == "source"]
        kind = types.enums[source[0].enum] if source else ""
        named = f"value []byte, found bool, {'from ' + kind + ', ' if kind else ''}err error"
        made = f"answered({{a}}, out, failed{', ' + kind + '(source)' if kind else ''})"
        made = made.replace("answered", "answeredFrom") if kind else made
        extra = ("source",) if kind else ()
        return Shape(
            f"({named})", f"nil, false{', 0' if kind else ''}", made, outs=("out", *extra, "failed")
        )
    if gives == "permit" and outs:
        kind, index = types.permit(noun), outs[0].name_in("go", camel)
        token = camel(kind.lower())
        return Shape(
            f"({token} {kind}, {index} int32, outcome Status, err error)",
            "0, int32(StatusNone), StatusClosed",
            f"ticketed[{kind}]({{a}}, {index}, {{blame}})",
            outs=(index,),
        )
    if gives == "permit":
        kind = types.permit(noun)
        return Shape(f"({kind}, error)", "0", f"permitted[{kind}]({{a}}, {{blame}})")
    if function.facts.get("answer"):
        return _answer(function, outs)
    if gives == "enum":
        kind = types.enums[function.facts["enum"]]
        if not outs:
            return Shape(f"({kind}, error)", "0", f"constantOf[{kind}]({{a}}, {{blame}})")
        name = outs[0].name
        return Shape(
            f"({kind.replace(noun.cls, '').lower()} {kind}, {name} int64, err error)",
            "0, 0",
            f"constantWith[{kind}]({{a}}, {name}, {{blame}})",
            outs=(name,),
        )
    if gives == "index":
        kind = function.facts.get("type", "int32")
        if failing:
            return Shape(
                f"({kind}, error)", "0", f"numberedBy[{kind}]({{a}}, failed)", outs=("failed",)
            )
        return Shape("(int32, error)", "int32(StatusNone)", "indexOf({a}, {blame})")
    if failing:
        return Shape("error", "", "settled({a}, failed)", outs=("failed",))
    if gives == "number" and "OG_NONE" not in function.returns:
        return Shape("(float64, error)", "0", "realOf({a}, {blame})")
    if gives == "count" and function.verb.endswith("many"):
        return Shape("(int, error)", "0", "countOf({a}, {blame})")
    return {
        "done": Shape("error", "", "done({a}, {blame})"),
        "stood": Shape("(bool, error)", "false", "counted({a}, {blame})"),
        "truth": Shape("(bool, error)", "false", "truthOf({a}, {blame})"),
        "outcome": Shape(
            "(Status, error)",
            "StatusClosed",
            f"outcomeOf({{a}}, {{blame}}{_also(function)})",
            "StatusInvalidArgument",
        ),
        "count": Shape("(int64, error)", "0", "number({a}, {blame})"),
        "wait": Shape("(time.Duration, error)", "0", "durationOf({a}, {blame})"),
        "number": Shape(
            "(value float64, known bool, err error)", "0, false", "measured({a}, {blame})"
        ),
    }[{"duration": "wait", "time": "wait"}.get(gives, gives)]


def _noun(function, out, types):
    noun = types.handle(out)
    several = noun.facts.get("go_struct") and go_answers.copied(function, noun)
    several = several or noun.facts.get("go_list") and go_answers.listed(noun)
    if several:
        results, closed, made, outs = several
        return Shape(results, closed, made, outs=outs)
    name = type_of(noun)
    made = f'part("{name}", {{a}}, out, failed, {raw(f"og_{noun.name}_destroy")})'
    return Shape(
        f"(*{name}, error)",
        "nil",
        f"made, err := {made}\n\treturn (*{name})(made), err",
        outs=("out", "failed"),
    )


def _answer(function, outs):
    """A struct of the answer and what came with it."""
    name = function.facts["answer"]
    fields = ", ".join(
        f"time.Duration({camel(p.name.removesuffix('_ns'))})" if p.name.endswith("_ns") else p.name
        for p in outs
    )
    return Shape(
        f"({name}, error)",
        f"{name}{{}}",
        f"if {{a}} < 0 {{\n\t\treturn {name}{{}}, fault(int32({{a}}), {{blame}})\n\t}}\n"
        f"\treturn {name}{{time.Duration({{a}}), {fields}}}, nil",
        outs=tuple(camel(p.name.removesuffix("_ns")) for p in outs),
    )


def _also(function):
    """Errors that are outcomes of this function's."""
    return "".join(
        f", Status{exported(name[3:])}" for name in function.facts.get("go_outcomes", ())
    )


def _filled(function, p):
    """Whether an out is an array of the caller's."""
    return function.verb.endswith("many")


def methods(words, noun, types):
    """The text of each, its comment first."""
    for function in noun.functions:
        if function.by_hand("go") or not any(p.kind == "self" for p in function.parameters):
            continue
        yield f"{go_doc.of_method(words, noun, function)}\n{_method(noun, function, types, at=False)}"
        if function.at:
            name = method(function)
            said = f"// {name}At is [{type_of(noun)}.{name}] at a time of its clock."
            yield f"{said}\n{_method(noun, function, types, at=True)}"


def _method(noun, function, types, at):
    if go_answers.is_got(function):
        return go_answers.got(noun, function, at)
    shape = shape_of(noun, function, types)
    arguments = types.arguments(function)
    if at:
        arguments.append(Argument("now", "time.Duration", "int64(now)", fault=True))
    filled = [_slice(p) for p in function.outs if _filled(function, p)]
    everything = arguments + filled
    own = receiver(noun)
    results = f"{shape.results} " if shape.results else ""
    taken = signature([(a.name, a.type) for a in everything])
    name = method(function) + ("At" if at else "")
    lines = [f"func ({own} *{type_of(noun)}) {name}({taken}) {results}{{"]
    lines += _refusals(everything, shape)
    lines += [f"\tn := (*noun)({own})", "\ts := n.enter()", "\tif s == nil {"]
    lines += [f"\t\treturn {_with(shape.closed, 'ErrClosed')}", "\t}"]
    lines += _call(noun, function, shape, everything, at)
    return "\n".join([*lines, "}\n"])


def _slice(p):
    name = p.name_in("go", camel)
    if p.c_types[0] == "int64_t *" and p.name != "out":  # waits
        return Argument(name, "[]time.Duration", f"raw.Nanoseconds({name})", slice=True)
    return Argument(name, "[]int32", name, slice=True)


def _refusals(arguments, shape):
    refused = shape.refused or shape.closed
    slices = [a for a in arguments if a.slice]
    if len(slices) > 1:
        must = [a for a in slices if not a.optional]
        first = must[0].name
        wrong = [f"len({a.name}) != len({first})" for a in must[1:]]
        wrong += [f"{a.name} != nil && len({a.name}) != len({first})" for a in slices if a.optional]
        names = _listed([a.name for a in slices], ", ", " and ")
        said = f'fault(int32(StatusInvalidArgument), "{names}: not as many")'
        yield f"\tif {' || '.join(wrong)} {{\n\t\treturn {_with(refused, said)}\n\t}}"
    for a in arguments:
        if a.text:
            yield f'\tif err := plain("{a.name}", {a.name}); err != nil {{'
            yield f"\t\treturn {_with(refused, 'err')}\n\t}}"
        if a.config:
            yield f"\t{a.passed}, err := changed(&{a.name}, {a.config})"
            yield f"\tif err != nil {{\n\t\treturn {_with(refused, 'err')}\n\t}}"
            yield f"\tdefer raw.ConfigDestroy({a.passed})"
        if a.lent:
            yield f'\t{a.name}Handle, giveBack, err := (*noun)({a.name}).lendRequired("{a.lent}")'
            yield f"\tif err != nil {{\n\t\treturn {_with(refused, 'err')}\n\t}}\n\tdefer giveBack()"


def _listed(names, comma, last):
    return comma.join(names[:-1]) + (last if len(names) > 1 else "") + names[-1]


def _with(values, error):
    return f"{values}, {error}" if values else error


def _call(noun, function, shape, arguments, at):
    slices = [a for a in arguments if a.slice and not a.optional]
    deferred = noun.facts.get("calls_back", False)
    if deferred:  # the program's code may end the goroutine
        yield "\tdefer n.leave(s)"
    if slices:
        zero = shape.closed.replace("StatusClosed", "StatusOK")
        leave = "" if deferred else "\t\tn.leave(s)\n"
        yield f"\tif len({slices[0].name}) == 0 {{\n{leave}\t\treturn {_with(zero, 'nil')}\n\t}}"
    passed = ["n.handle", *(a.passed for a in _in_order(function, arguments, slices))]
    answers = ", ".join(["answer", *shape.outs])
    called = raw(function.name + ("_at" if at else ""))
    yield f"\t{answers} := {called}({', '.join(passed)})"
    if not deferred:
        yield "\tn.leave(s)"
    wakes = function.facts.get("wakes")
    if wakes:
        yield "\tn.wakeAll()" if wakes == "all" else f"\tn.wake({wakes})"
    errors = list(_errors(noun, function, shape, arguments))
    yield from errors
    told = errors[-2:-1] and errors[-2].startswith("\t\treturn")  # whatever it is
    blame = "" if told else _blame(noun, function, arguments)
    made = shape.made.replace("{a}", "answer").replace("{blame}", f'"{blame}"')
    yield f"\t{made}" if "\n" in made else f"\treturn {made}"


def _errors(noun, function, shape, arguments):
    """What an invalid argument is answered with: a number that is out of its range, as a look tells, and else what
    the description blames, with its value, as in every language."""
    if "{blame}" not in shape.made:
        return
    name = function.blamed.name_in("go", camel) if function.blamed else ""
    looks, numbers = [], []
    for a in arguments:
        least = _least(noun, function, a)
        if a.name == name and not a.slice and a.type != "string":
            # What is refused of a number that only has to be natural, and is, is something else.
            natural = least is not None and a.type != "time.Duration"
            numbers.append((f"{name} < 0" if natural else "", _said(function.wrong, name)))
        elif least is not None:
            looks.append((f"{a.name} < {least}", _said("", a.name)))
        elif a.fault and not a.slice:
            numbers.append(("", _said("", a.name)))
    looks += [n for n in numbers if f'"{name}"' in n[1]] or numbers[:1]
    if len(looks) == 1 and not numbers:
        looks = [("", looks[0][1])]
    if not looks:
        return
    values = shape.refused or shape.closed.replace("StatusClosed", "StatusInvalidArgument")
    yield "\tif invalid(answer) {"
    for condition, said in looks:
        answer = f"return {_with(values, said)}"
        yield f"\t\tif {condition} {{\n\t\t\t{answer}\n\t\t}}" if condition else f"\t\t{answer}"
    yield "\t}"


def _least(noun, function, argument):
    """The least that a duration or a natural number can be, or None: -1 stands for what it is when it is left out."""
    of = next((p for p in function.parameters if p.name_in("go", camel) == argument.name), None)
    own = noun.facts.get("python", {}).get("parameters", {}).get(of.name, {}) if of else {}
    if argument.type == "time.Duration":
        return min(of.default or 0, 0) if of else 0
    return 0 if own.get("natural") and not argument.slice else None


def _said(wrong, name):
    """The error; where it does not end in a blank, without the value."""
    if wrong and not wrong.endswith(" "):
        return f'wrongly("{wrong}", "{name}")'
    return f'wrong("{wrong or name + " cannot be "}", "{name}", {name})'


def _in_order(function, arguments, slices):
    """As C has them: the count behind what goes in, the time before what comes out."""
    counted = [p.name for p in function.parameters if p.name == "count"]
    by_name = {a.passed if a.config else a.name: a for a in arguments}
    for p in function.parameters:
        name = p.name_in("go", camel)
        if p.kind in ("self", "error") or (p.kind == "out" and name not in by_name):
            continue
        if p.name in counted and slices:
            yield Argument("count", "int64", f"int64(len({slices[0].name}))")
        elif name in by_name and p.kind != "out":
            yield by_name.pop(name)
    if "now" in by_name and not any(p.kind == "time" for p in function.parameters):
        yield by_name.pop("now")
    yield from (
        by_name[p.name] for p in function.parameters if p.kind == "out" and p.name in by_name
    )


def _blame(noun, function, arguments):
    """The names of what an error can blame where no look tells which: all that may be at fault but what has been looked at."""
    name = function.blamed.name_in("go", camel) if function.blamed else ""
    names = [a.name for a in arguments if a.fault or a.name == name]
    natural = [
        a.name
        for a in arguments
        if a.type != "time.Duration" and _least(noun, function, a) is not None
    ]
    return _listed([n for n in names if n not in natural] or names, ", ", " or ") if names else ""
