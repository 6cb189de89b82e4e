# SPDX-License-Identifier: Apache-2.0
"""Go's answers of several parts: what is to be done with a key, a copy of a noun that never changes, a list."""

from go_names import method, raw, receiver, type_of
from wording import camel


def begun(function, permit):
    """(results, closed, made, outs) of a permit, or an outcome with a value and a wait."""
    name = function.facts["go_answer"]
    refused = f"return {name}{{Outcome: Status({{a}})}}, fault(int32({{a}}), {{blame}})"
    value, wait = (camel(p.name.removesuffix("_ns")) for p in function.outs)
    made = [
        "if {a} <= int64(StatusInvalidArgument) {",
        f"\t{refused}",
        "}",
        f"told := {name}{{Outcome: Status({{a}}), Value: taken({value}), Wait: time.Duration({wait})}}",
        "if {a} > 0 {",
        f"\ttold.Outcome, told.{permit} = StatusMiss, {permit}({{a}})",
        "}",
        "return told, nil",
    ]
    closed = f"{name}{{Outcome: StatusClosed}}"
    return f"({name}, error)", closed, "\n\t".join(made), (value, wait)


def copied(function, noun):
    """Of a copy; where there may be none, whether there is one."""
    name = type_of(noun)
    copy = f"{camel(noun.name)}Of(out)"
    outs = ("out", "failed")
    if "OG_NONE" not in function.returns:
        made = f"if {{a}} != 0 {{\n\t\treturn {name}{{}}, failure({{a}}, failed)\n\t}}\n\treturn {copy}, nil"
        return f"({name}, error)", f"{name}{{}}", made, outs
    made = [
        "if kept, err := keptOf({a}, failed); !kept {",
        f"\treturn {name}{{}}, false, err",
        "}",
        f"return {copy}, true, nil",
    ]
    return f"(d {name}, kept bool, err error)", f"{name}{{}}, false", "\n\t".join(made), outs


def listed(noun):
    """Of a list, which a function by hand copies and destroys."""
    made = f"{camel(noun.name)}Of({{a}}, out, failed)"
    return f"({noun.facts['go_list']}, err error)", "nil", made, ("out", "failed")


def is_got(function):
    """Whether it answers with a value or an outcome for each key."""
    return any(p.kind == "many" for p in function.given) and any(
        p.c_types[0] == "og_value **" for p in function.outs
    )


def got(noun, function, at):
    """Its method, by getMany, which is by hand."""
    own, called = receiver(noun), raw(function.name)
    now = ", now time.Duration" if at else ""
    if at:
        called = (
            "func(h uintptr, keys []string, count int64, out []uintptr, outcomes []int64) int64 {\n"
            f"\t\treturn {called}At(h, keys, count, int64(now), out, outcomes)\n\t}}"
        )
    name = method(function) + ("At" if at else "")
    return (
        f"func ({own} *{type_of(noun)}) {name}(keys []string{now}) ([]Got, error) {{\n"
        f"\treturn getMany((*noun)({own}), keys, {called})\n}}\n"
    )
