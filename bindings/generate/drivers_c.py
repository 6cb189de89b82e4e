# SPDX-License-Identifier: Apache-2.0
"""The drivers of C, over the public headers."""

import json

import vectors

HEADER = """/* Generated from capi/nouns/{name}.toml. */
#ifndef OUTGROW_{upper}_DRIVER_H
#define OUTGROW_{upper}_DRIVER_H

#include "tests/conformance/answers_c.h"

typedef struct {name}_driver {{
{members}
  json_t *held; /* by name, what `as` remembers */
  void *own;    /* of the part in tests/conformance/c */
}} {name}_driver;
{by_hand}
#endif
"""

SOURCE = """/* Generated from capi/nouns/{name}.toml. */
#include <stdlib.h>
#include <string.h>

#include "{name}_driver.h"

{tables}static void *open_driver(json_t *vector, og_config *config, og_clock *clock, og_error **error) {{
  {name}_driver *self = calloc(1, sizeof *self);
  (void)vector, (void)config, (void)clock;
  self->held = json_object();
  {opened}
  return self;
}}

static json_t *step_driver(void *data, json_t *step, int64_t now_ns) {{
  {name}_driver *self = data;
  const char *op = get_text(step, "op", "");
  (void)now_ns;
{ops}
  fail("unknown op %s", op);
  return NULL;
}}

static void close_driver(void *data) {{
  {name}_driver *self = data;
{closed}
  json_decref(self->held);
  free(self);
}}

const driver driver_{name} = {{open_driver, step_driver, close_driver}};
"""


class C:
    def emit(self, drivers):
        for driver in drivers:
            said = {"name": driver.name, "upper": driver.name.upper()}
            kept = [driver.name, *reversed(driver.over)]
            declared = [
                f"json_t *{driver.name}_{op.name}({driver.name}_driver *self, json_t *step, int64_t now_ns);"
                for op in driver.ops
                if op.by_hand("c")
            ]
            closed = [f"  og_{noun}_destroy(&self->{noun});" for noun in kept]
            if driver.opened_by_hand("c"):
                declared.append(
                    f"void {driver.name}_open({driver.name}_driver *self, json_t *vector, og_config *config, "
                    "og_clock *clock, og_error **error);"
                )
            if "c" in driver.facts.get("closed_by_hand", ()):
                declared.append(f"void {driver.name}_close({driver.name}_driver *self);")
                closed.insert(0, f"  {driver.name}_close(self);")
            yield (
                f"{driver.name}_driver.h",
                HEADER.format(
                    **said,
                    members="\n".join(f"  og_{noun} *{noun};" for noun in kept),
                    by_hand="".join(f"\n{line}" for line in declared),
                ),
            )
            yield (
                f"{driver.name}_driver.c",
                SOURCE.format(
                    **said,
                    tables="".join(_table(*enum) for enum in driver.enums().items()),
                    opened=_opened(driver),
                    closed="\n".join(closed),
                    ops="\n".join(map(self.op, driver.ops)),
                ),
            )

    def op(self, op):
        if op.by_hand("c"):
            noun = op.noun
            return (
                f'  if (strcmp(op, "{op.name}") == 0) return {noun}_{op.name}(self, step, now_ns);'
            )
        lines = self.answered(op)
        if op.otherwise("c"):
            member, other = op.other
            instead = self.answered(other)
            lines = [f'if (json_object_get(step, "{member}")) {{', *instead, "}", *lines]
        body = "\n".join(f"    {line}" for line in lines)
        return f'  if (strcmp(op, "{op.name}") == 0) {{\n{body}\n  }}'

    def answered(self, op):
        call, kind = _call(op), op.answers
        if isinstance(kind, dict):
            return _fields(op, call)
        if kind == "stats":
            return _stats(op)
        if kind == "permit":
            return [f"return take(self->held, step, {call});"]
        if kind in ("ticket", "ticket_named"):
            index = (
                "named(self->endpoints, index)" if kind == "ticket_named" else "answer_index(index)"
            )
            return [
                "int32_t index = 0;",
                f"int64_t ticket = {call};",
                f"return ticket > 0 ? (json_decref(take(self->held, step, ticket)), {index}) : word(ticket);",
            ]
        if kind == "made":
            return [f"return made(self->held, step, {call});"]
        if kind == "found":
            return [
                "og_value *value = NULL;",
                f"int64_t size = {call};",
                "return answer_found(size, value);",
            ]
        if kind == "named":
            return [f"return named(self->endpoints, {call});"]
        if kind == "enum":
            return [f"return word_of(k{op.function.facts['enum']}, {call});"]
        if kind in ("text", "lines"):
            spelled = "answer_text(status, text)" if kind == "text" else "lines(step, status, text)"
            return ["og_text *text = NULL;", f"og_status status = {call};", f"return {spelled};"]
        if op.fails == "error":
            return [
                "og_error *error = NULL;",
                f"int64_t value = {call};",
                f"return value < 0 ? answer_error(error) : answer_{kind}(value);",
            ]
        if op.fails == "status" and kind in ("done", "outcome"):
            return [f"return answer_status({call});"]
        if op.fails == "number":
            return [f"return json_integer({call});"]
        return [f"return answer_{kind}({call});"]


def _table(enum, words):
    rows = "".join(f'{{"{word}", {constant}}}, ' for word, constant in vectors.constants(enum))
    return f"static const worded k{enum}[] = {{{rows}{{NULL, 0}}}};\n\n"


def _opened(driver):
    if driver.opened_by_hand("c"):
        return f"{driver.name}_open(self, vector, config, clock, error);"
    clock = "clock, " if "clock" in driver.takes else ""
    where = ("_in", "vector_scope, vector_name, ") if "scope" in driver.takes else ("", "")
    return (
        f"og_{driver.name}_create{where[0]}({where[1]}config, {clock}&self->{driver.name}, error);"
    )


def _call(op):
    given, outs = [f"self->{op.on}"], []
    arguments = iter(op.arguments)
    for p in op.function.parameters:
        if p.kind == "error":
            outs.append("&error" if op.fails == "error" else "NULL")
        elif p.kind == "out":
            named = {
                "ticket": "index",
                "ticket_named": "index",
                "text": "text",
                "lines": "text",
                "found": "value",
            }
            outs.append(
                f"&{named.get(op.answers, p.name) if isinstance(op.answers, str) else p.name}"
            )
        elif p.kind not in ("self", "time"):
            given += _argument(op, next(arguments))
    plain = f"{op.function.name}({', '.join([*given, *outs])})"
    if not op.time:
        return plain
    at = f"{op.function.name}_at({', '.join([*given, 'now_ns', *outs])})"
    return at if op.time == "always" else f"given(step) ? {at} : {plain}"


def _argument(op, a):
    member = f'step, "{a.member}"'
    if a.kind == "bytes":
        return [f'get_text({member}, "")', f"get_len({member})"]
    if a.kind == "hex":
        return [f"get_hex({member})", f"get_hex_len({member})"]
    if a.kind == "text":
        return [f"get_text({member}, {json.dumps(a.default) if a.default else 'NULL'})"]
    if a.kind == "held":
        return [f"held_in(self->held, {member})"]
    if a.kind == "find":
        return [f"og_endpoints_find(self->endpoints, get_text({member}, NULL))"]
    if a.kind == "stat":
        return [f'value_of(k{op.function.facts["enum"]}, get_text({member}, ""))']
    if a.kind == "duration":
        return [f"get_int({member}, 0) * 1000000"]
    if a.kind == "ttl":
        return ["get_ttl(step)"]
    if a.kind == "flag":
        return [f"get_bool({member}, {int(bool(a.default))})"]
    if a.kind == "real":
        return [f"get_number({member}, NAN)"]
    return [f"get_int({member}, {a.default or 0})"]


def _fields(op, call):
    names = list(op.answers)
    outs = op.function.outs
    lines = [f"{p.c_types[0].removesuffix(' *')} {p.name} = 0;" for p in outs]
    lines += [f"int64_t result = {call};", "json_t *seen = json_object();"]
    for name, value in zip(names, ["result", *(p.name for p in outs)]):
        spelled = f"answer_{op.answers[name]}({value})"
        lines.append(f'json_object_set_new(seen, "{name}", {spelled});')
    return [*lines, "return seen;"]


def _stats(op):
    enum = op.function.facts["enum"]
    lines = ["json_t *seen = json_object();"]
    for word in op.facts["which"]:
        value = f'og_{op.on}_stat(self->{op.on}, value_of(k{enum}, "{word}"))'
        lines.append(f'json_object_set_new(seen, "{word}", json_integer({value}));')
    return [*lines, "return seen;"]
