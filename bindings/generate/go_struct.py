# SPDX-License-Identifier: Apache-2.0
"""Go's structs: a noun that never changes as the copy of what its functions say, and an answer of several parts."""

from go_doc import comment, begun
from go_names import exported, method, raw, type_of
from wording import camel

TYPES = {
    "time": "time.Duration",
    "duration": "time.Duration",
    "number": "float64",
    "text": "string",
}
RESULTS = {"int32_t": "int32", "int64_t": "int64"}


def of(words, noun, types):
    """And `<noun>Of`, which copies a handle and destroys it."""
    name, fields, copied = type_of(noun), [], []
    for function in noun.functions:
        gives = function.gives
        kind = TYPES.get(gives) or RESULTS[function.result]
        if gives == "enum":
            kind = types.enums[function.facts["enum"]]
        said = words.spelled(" ".join(function.doc), noun)
        if function.returns and ("OG_" in function.returns or "NaN" in function.returns):
            said += f" It is {words.spelled(function.returns, noun)}"
        fields += [f"\t{line}" for line in comment([said]).split("\n")]
        fields.append(f"\t{exported(function.verb)} {kind}")
        given = f"{raw(function.name)}(handle)"
        same = kind in ("float64", "string") or kind == RESULTS.get(function.result)
        copied.append(f"\t\t{exported(function.verb)}: {given if same else f'{kind}({given})'},")
    said = comment([begun(name, words.spelled(noun.what, noun))])
    return (
        f"{said}\ntype {name} struct {{\n" + "\n".join(fields) + "\n}\n\n"
        f"func {camel(noun.name)}Of(handle uintptr) {name} {{\n"
        f"\tdefer {raw(f'og_{noun.name}_destroy')}(handle)\n"
        f"\treturn {name}{{\n" + "\n".join(copied) + "\n\t}\n}\n"
    )


def of_answer(words, noun, function):
    """The struct that a function answers with."""
    rows = ["\tWait time.Duration // 0: it passed"]
    for p in function.outs:
        name = camel(p.name.removesuffix("_ns"))
        kind = "time.Duration" if p.name.endswith("_ns") else "int64"
        doc = words.spelled(p.doc.rstrip("."), noun)
        rows.append(f"\t{name[0].upper()}{name[1:]} {kind} // {doc[0].lower()}{doc[1:]}")
    name = function.facts["answer"]
    of = f"[{type_of(noun)}.{method(function)}]"
    return f"// {name} is what {of} answers.\ntype {name} struct {{\n" + "\n".join(rows) + "\n}\n"
