# SPDX-License-Identifier: Apache-2.0
"""given_times.py INCLUDE: a C test of every function that is given the time, found in the public headers.

A negative time is OG_INVALID_ARGUMENT; any other, up to the end of time, is a time. The functions are
called with arguments that are valid, so that the time alone decides: a parameter that is not known here
stops the build, and wants a line below. Nouns and permits are made anew for each call: where one needs
options or other nouns, by given_times.h, else from their declarations."""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "capi" / "abi"))
import declarations

FUNCTIONS = {name: parameters for _, name, parameters in declarations.functions(sys.argv[1])}
MADE = set(re.findall(r"^  (og_\w+) \*", (HERE / "given_times.h").read_text(), re.M))

TIMES = {"INT64_MIN": False, "-1": False, "0": True, "1764000000000000000": True, "INT64_MAX": True}

# By name, or by noun and name where nouns differ.
ARGUMENTS = {
    "plan": '"default"',
    "key": '"k"',
    "value": '"v"',
    "row": '"r"',
    "client": '"c"',
    "message": '"m"',
    "key_len": "1",
    "value_len": "1",
    "row_len": "1",
    "client_len": "1",
    "out_capacity": "8",
    "keys": "kTexts",
    "rows": "kTexts",
    "key_lens": "kLengths",
    "row_lens": "kLengths",
    "shards": "kShards",
    "costs": "NULL",
    "count": "1",
    "cost": "1",
    "most": "1",
    "success": "1",
    "latency_ns": "0",
    "max_wait_ns": "0",
    "number": "0",
    "amount": "1",
    "actual": "1",
    "within_ns": "0",
    "ttl_ns": "0",
    "write": "0",
    "shard": "0",
    "metric": "0",
    "window_ns": "INT64_C(300000000000)",
    "operation": "OG_SERVICE_READ",
    "reason": "OG_STORE",
    "result": "OG_OK",
    "cpu_utilization": "1",
    "memory_utilization": "1",
    "request_rate": "1",
    "response_time": "1",
    "error_rate": "1",
    "og_autoscaler name": '"request_rate"',
    "og_autoscaler value": "1",
    "og_breaker permit": "og_breaker_enter(nouns.breaker)",
    "og_concurrency permit": "og_concurrency_enter(nouns.concurrency)",
    "og_balancer ticket": 'og_balancer_acquire(nouns.balancer, "k", 1, (int32_t *)scratch[0])',
    "og_replicas ticket": "og_replicas_acquire(nouns.replicas, 0, (int32_t *)scratch[0])",
    "og_service ticket": 'og_service_begin(nouns.service, OG_SERVICE_READ, "c", 1, "t", 1, NULL, NULL)',
    "og_limiter reservation": 'og_limiter_reserve(nouns.limiter, "k", 1, 1, 0)',
    "og_cache lease": "lease_of(nouns.cache)",
    "og_cached_store batch": "&nouns.batch",
}
# Parameters into which is written.
WRITTEN = {"int32_t *", "int64_t *", "void *", "const void **"}


# What gives the permit of a noun that is not among them.
GIVERS = {"permit": "enter", "ticket": "acquire"}


def noun_of(parameter):
    return parameter.replace("const ", "").split(" ")[0]


def argument(noun, parameter, handles):
    kind, name = parameter.rsplit(" ", 1) if "*" not in parameter else parameter.rsplit("*", 1)
    kind += "*" * (parameter.count("*") > kind.count("*"))
    if name == "now_ns":
        return "now"
    if kind == "og_error **":
        return "NULL"
    if f"{noun} {name}" in ARGUMENTS:
        return ARGUMENTS[f"{noun} {name}"]
    if kind.startswith("og_") and kind.endswith(" **"):
        handles.append(noun_of(kind))
        return f"&made_{noun_of(kind)}"
    if name in GIVERS and noun not in MADE:
        return f"{noun}_{GIVERS[name]}(nouns_{noun})"
    if kind in WRITTEN:
        return f"({kind})scratch[{len(handles)}]"
    return ARGUMENTS[name]


def makers():
    """A function for each noun that given_times.h has not: create without options."""
    for noun in sorted({noun_of(p[0]) for p in FUNCTIONS.values() if "int64_t now_ns" in p} - MADE):
        given = ["clock" if "og_clock" in p else "NULL" for p in FUNCTIONS[f"{noun}_create"][:-2]]
        yield f"static {noun} *make_{noun}(og_clock *clock) {{\n  {noun} *made = NULL;"
        yield f"  CHECK_EQ({noun}_create({', '.join([*given, '&made', 'NULL'])}), OG_OK);"
        yield "  return made;\n}\n"


def test():
    yield '#include "tests/capi/given_times.h"\n'
    yield from makers()
    calls = []
    for result, name, parameters in declarations.functions(sys.argv[1]):
        if "int64_t now_ns" not in parameters:
            continue
        noun, handles = noun_of(parameters[0]), []
        rest = [argument(noun, parameter, handles) for parameter in parameters[1:]]
        own = f"nouns.{noun[3:]}" if noun in MADE else f"nouns_{noun}"
        calls.append(name)
        yield f"static double call_{name}(int64_t now) {{"
        yield "  struct nouns nouns = make();"
        if noun not in MADE:
            yield f"  {noun} *{own} = make_{noun}(nouns.clock);"
        for handle in handles:
            yield f"  {handle} *made_{handle} = NULL;"
        first = f"&{own}" if "*const *" in parameters[0] else own
        yield f"  {result} result = {name}({', '.join([first, *rest])});"
        for handle in handles:
            yield f"  {handle}_destroy(&made_{handle});"
        if noun not in MADE:
            yield f"  {noun}_destroy(&{own});"
        yield "  destroy(&nouns);\n  return (double)result;\n}\n"
    if not calls:
        sys.exit("no function is given the time")
    yield "int main(void) {"
    for name in calls:
        for time, is_one in TIMES.items():
            yield f'  check("{name}", "{time}", call_{name}({time}), {int(is_one)});'
    yield "  return 0;\n}"


print("\n".join(test()))
