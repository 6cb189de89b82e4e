# SPDX-License-Identifier: Apache-2.0
"""Go's raw layer: for every function of the headers a Go function, over a C function that cgo can call without
allocating. go_crossing.py says how each argument crosses."""

import re

import nouns
from go_crossing import NUMBERS, crossings
from wording import pascal

# By hand in bindings/go/internal/raw, or nothing for Go.
LEFT_OUT = (
    "og_store_create_custom",
    "og_wait_check",
    "og_wait_around",
    "og_limiter_acquire_all",
    "og_limiter_acquire_all_at",
    "og_shards_int64_key",
    "og_value_data",
)

C_HEAD = """/* SPDX-License-Identifier: Apache-2.0 */
/* Code generated from capi/include. DO NOT EDIT. */
#ifndef OUTGROW_GO_RAW_H
#define OUTGROW_GO_RAW_H

#include "support.h"

"""
GO_HEAD = """// SPDX-License-Identifier: Apache-2.0

// Code generated from capi/include. DO NOT EDIT.

package raw

// #include "raw.h"
import "C"

import "unsafe"

"""
PRAGMAS_HEAD = """// SPDX-License-Identifier: Apache-2.0

// Code generated from capi/include. DO NOT EDIT.

//go:build go1.24

package raw

// These neither keep what they are given nor call back into Go. What stands after #cgo is a form feed:
// "go mod vendor" reads files of every tag, and before Go 1.21 it would refuse these lines if it saw them.

"""


def emit():
    """(file name, text)"""
    functions = list(_functions())
    yield "raw.h", C_HEAD + "\n".join(map(_in_c, functions)) + "\n#endif\n"
    yield "raw.go", GO_HEAD + "\n".join(map(_in_go, functions))
    yield "raw_go124.go", PRAGMAS_HEAD + "".join(_pragmas(functions)) + 'import "C"\n'


def _functions():
    declared, described = nouns.all_declared(), nouns.load()
    for name in declared:
        noun = max(
            (n for n in (*described, "value") if name.startswith(f"og_{n}_")), key=len, default=""
        )
        if name not in LEFT_OUT and not name.startswith("og_config_set_option"):
            facts = described[noun].facts if noun in described else {}
            verb = re.sub("_at$", "", name.removeprefix(f"og_{noun}_"))
            said = facts.get("functions", {}).get(verb, {})
            yield nouns.declared_function(noun, name, said, declared, facts.get("parameters", {}))


def _in_c(function):
    made = crossings(function)
    name = _c_name(function)
    parameters = ", ".join(p for c in made for p in c.c_parameters) or "void"
    call = f"{function.name}({', '.join(p for c in made for p in c.c_passed)})"
    fields = [f for c in made for f in c.fields]
    gathered = [c.gathered for c in made if c.gathered]
    if not fields and not gathered:
        returns = "" if function.result == "void" else "return "
        return f"static inline {function.result} {name}({parameters}) {{\n  {returns}{call};\n}}\n"
    number = function.result != "void"
    struct = f"{name}_answer" if fields else function.result
    answer = "a.answer" if fields else "a"
    lines = []
    if fields:
        every = [f"{function.result} answer", *fields] if number else fields
        lines += ["typedef struct {", *(f"  {f};" for f in every), f"}} {struct};"]
    lines.append(f"static inline {struct} {name}({parameters}) {{")
    lines += [f"  {struct} a = {'{0}' if fields else '0'};"]
    lines += [f"  raw_many {g}_made;" for g in gathered]
    if gathered:
        point = " & ".join(
            f"raw_point(&{g}_made, {g}, {g}_lens, {_count(function)})" for g in gathered
        )
        lines += [f"  {answer} = OG_NO_MEMORY;", f"  if ({point}) {answer} = {call};"]
        lines += [f"  raw_release(&{g}_made);" for g in gathered]
    else:
        lines.append(f"  {answer} = {call};" if number else f"  {call};")
    lines += [f"  raw_view(&a.{c.value});" for c in made if c.value]
    return "\n".join([*lines, "  return a;", "}\n"])


def _count(function):
    return next(p.name for p in function.parameters if p.name.endswith("count"))


def _in_go(function):
    made = crossings(function)
    outs = [r for c in made for r in c.go_results]
    parameters = ", ".join(f"{name} {type_}" for c in made for name, type_ in c.go_parameters)
    passed = ", ".join(p for c in made for p in c.go_passed)
    call = f"C.{_c_name(function)}({passed})"
    result = NUMBERS.get(function.result, "string" if function.result == "const char *" else "")
    gather = []
    for c in made:
        if c.gathered:
            name = c.go_parameters[0][0]
            gather += [f"\t{name}Gathered := gather({name})", f"\tdefer {name}Gathered.release()"]
    if outs:
        named = [("answer", result), *((n, t) for n, t, _ in outs)] if result else outs
        results = "(" + ", ".join(f"{name} {type_}" for name, type_, *_ in named) + ")"
        values = [f"{result}(a.answer)"] if result else []
        body = [*gather, f"\ta := {call}", f"\treturn {', '.join(values + [v for *_, v in outs])}"]
    elif not result:
        results, body = "", [*gather, f"\t{call}"]
    else:
        made_of = "C.GoString" if result == "string" else result
        results, body = result, [*gather, f"\treturn {made_of}({call})"]
    results = f" {results}" if results else ""
    return "\n".join([f"func {go_function(function.name)}({parameters}){results} {{", *body, "}\n"])


def _pragmas(functions):
    """A function that may come back into the program could grow the stack that it points to."""
    calling_back = {n.name for n in nouns.load().values() if n.facts.get("calls_back")}
    for function in functions:
        if any(c.points for c in crossings(function)) and function.noun not in calling_back:
            name = _c_name(function)
            yield f"// #cgo\fnoescape {name}\n// #cgo\fnocallback {name}\n"


def _c_name(function):
    return "raw_" + function.name.removeprefix("og_")


def go_function(name):
    return pascal(name.removeprefix("og_"))
