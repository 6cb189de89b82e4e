# SPDX-License-Identifier: Apache-2.0
"""The drivers of C, over the public headers. drivers_c_calls.py has what an operation is."""

from drivers_c_calls import answered, object_of, table

HEADER = """/* Generated from capi/nouns/{name}.toml. */
#ifndef OUTGROW_{upper}_DRIVER_H
#define OUTGROW_{upper}_DRIVER_H

#include "tests/conformance/{shared}_c.h"

typedef struct {name}_driver {{
{members}
  json_t *held; /* by name, what `as` remembers */
  json_t *kept; /* by name, pointers */
}} {name}_driver;

#endif
"""

SOURCE = """/* Generated from capi/nouns/{name}.toml. */
#include <stdlib.h>
#include <string.h>

#include "{name}_driver.h"

{tables}static json_t *step_as(const char *op, {name}_driver *self, json_t *step, int64_t now_ns) {{
  (void)now_ns;
{ops}
  fail("unknown op %s", op);
  return NULL;
}}

static json_t *step_driver(void *data, json_t *step, int64_t now_ns) {{
  return step_as(get_text(step, "op", ""), data, step, now_ns);
}}

static void *open_driver(json_t *vector, og_config *config, og_clock *clock, og_error **error) {{
  {name}_driver *self = calloc(1, sizeof *self);
  (void)vector, (void)config, (void)clock;
  self->held = json_object();
  self->kept = json_object();
{opened}
  return self;
}}

static void close_driver(void *data) {{
  {name}_driver *self = data;
{closed}
  json_decref(self->held);
  json_decref(self->kept);
  free(self);
}}

const driver driver_{name} = {{open_driver, step_driver, close_driver}};
"""

GIVEN = {"scope": "vector_scope", "text": "vector_name", "error": "error"}  # and the config


class C:
    def emit(self, drivers):
        for driver in drivers:
            shared = "told_store" if driver.has_told() else "answers"
            said = {"name": driver.name, "upper": driver.name.upper(), "shared": shared}
            kept = {member: driver.noun_of(member).name for member in driver.members()}
            members = [f"  og_{noun} *{member};" for member, noun in kept.items()]
            closed = [f"  og_{noun}_destroy(&self->{member});" for member, noun in kept.items()]
            if driver.has_told():
                members.append("  told_store *told_store;")
                closed.append("  told_close(self->told_store);")
            if driver.keeps():
                closed = [*_kept_closed(driver.keeps()), *closed]
            yield (
                f"{driver.name}_driver.h",
                HEADER.format(
                    **said,
                    members="\n".join(members),
                ),
            )
            yield (
                f"{driver.name}_driver.c",
                SOURCE.format(
                    **said,
                    tables="".join(table(*enum) for enum in driver.enums().items()),
                    opened="\n".join(f"  {line}" for line in _opened(driver)),
                    closed="\n".join(closed),
                    ops="\n".join(map(_op, driver.ops)),
                ),
            )


def _kept_closed(noun):
    return [
        "  const char *name;",
        "  json_t *each;",
        "  json_object_foreach(self->kept, name, each) {",
        f"    og_{noun} *{noun} = (og_{noun} *)(intptr_t)json_integer_value(each);",
        f"    og_{noun}_destroy(&{noun});",
        "  }",
    ]


def _op(op):
    if op.is_told:
        return f'  if (strcmp(op, "{op.name}") == 0) return told_{op.name}(self->told_store, step);'
    if op.is_by_hand:
        call = f"{op.by_hand('c')}(self->{op.noun}, step, now_ns)"
        return f'  if (strcmp(op, "{op.name}") == 0) return {call};'
    if op.asks:
        asks = ((n, f'step_as("{asked}", self, step, now_ns)') for n, asked in op.asks.items())
        lines = [*object_of("seen", asks), "return seen;"]
    else:
        lines = answered(op)
    if op.otherwise("c"):
        member, other = op.other
        lines = [f'if (json_object_get(step, "{member}")) {{', *answered(other), "}", *lines]
    body = "\n".join(f"    {line}" for line in lines)
    return f'  if (strcmp(op, "{op.name}") == 0) {{\n{body}\n  }}'


# ---- what is made ----


def _opened(driver):
    lines = []
    for member in driver.made_first():
        if driver.told(member):
            lines.append("self->told_store = told_open();")
            lines.append(f"told_{member}_create(self->told_store, clock, &self->{member});")
        else:
            lines.append(f'og_config *{member} = setup_of(vector, "{member}");')
            lines += _create(driver.noun_of(member), member, member)
            lines.append("must(*error ? og_error_code(*error) : OG_OK, error);")
            lines.append(f"og_config_destroy(&{member});")
    if driver.made_first():
        lines += [
            "json_t *each;",
            "size_t i;",
            'json_array_foreach(json_object_get(json_object_get(vector, "setup"), "steps"), i, each) {',
            "  json_decref(step_driver(self, each, 0));",
            "}",
        ]
    lines += _create(driver.noun, driver.name, "config")
    for member in driver.parts():
        lines.append(f"og_{driver.name}_{member}(self->{driver.name}, &self->{member}, NULL);")
    return lines


def _create(noun, member, config):
    create = noun.creator("create_in") or noun.creator("create")
    given, lines = [], []
    for p in create.parameters:
        if p.kind == "many":
            lines.append(f"keys {p.name};")
            lines.append(f'get_keys(json_object_get(vector, "setup"), "{p.name}", &{p.name});')
            given += [f"{p.name}.{part}" for part in ("data", "lens", "count")]
        elif p.kind == "clock":
            given.append("NULL" if "clock" in noun.facts else "clock")
        elif p.kind == "handle":
            given.append(f"self->{p.name}")
        elif p.kind == "out":
            given.append(f"&self->{member}")
        elif p.kind != "whole":  # the count of many
            given.append(GIVEN.get(p.kind, config))
    return [*lines, f"{create.name}({', '.join(given)});"]
