# SPDX-License-Identifier: Apache-2.0
"""C++: an answer of several parts, as a class that is made of them: of the scalar, and of what C wrote beside it."""

from cpp_layout import lay
from cpp_words import parameter

WRITTEN = {
    "int64_t *": "std::int64_t {} = 0;",
    "int32_t *": "std::int32_t {} = 0;",
    "og_value **": "og_value* {} = nullptr;",
}


def named(out):
    return "value" if out.name == "out" else parameter(out.name)


def part(member, out):
    """What C wrote, as the class is given it; a permit's class owns its value itself."""
    name = named(out)
    if out.name.endswith("_ns"):
        return f"Duration({name})"
    if out.enum:
        return f"static_cast<{out.enum}>({name})"
    if out.c_types[0] == "og_value **" and member.function.gives != "permit":
        return f"Value({name})"
    return name


def scalar(member):
    """The parts that are made of what C returned."""
    gives = member.function.gives
    if gives == "wait":
        return ["Admission(answer)"]
    if gives == "permit":
        return ["handle()", "answer"]
    return ["answer >= 0 ? Status::ok : static_cast<Status>(answer)"]  # a value


def body(member):
    lines = "".join(f"    {WRITTEN[out.c_types[0]].format(named(out))}\n" for out in member.outs)
    called = member.raw(*(f"&{named(out)}" for out in member.outs))
    lines += lay(4, "std::int64_t answer = ", called, ";")
    parts = [*scalar(member), *(part(member, out) for out in member.outs)]
    return lines + lay(4, "return ", ("{", parts, "}"), ";")
