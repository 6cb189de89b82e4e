# SPDX-License-Identifier: Apache-2.0
"""An operation in a driver of C: the call, and how its answer is spelled."""

import json

import nouns
import operations

OUT = {
    "ticket": "index",
    "ticket_named": "index",
    "text": "text",
    "lines": "text",
    "found": "value",
    "bytes": "value",
}


def table(enum, words):
    rows = "".join(f'{{"{word}", {constant}}}, ' for word, constant in operations.constants(enum))
    return f"static const worded k{enum}[] = {{{rows}{{NULL, 0}}}};\n\n"


def answered(op):
    """The lines of a block that returns it, between what makes its arguments and what frees them."""
    lines, made, freed = _answered(op), [], []
    for a in op.arguments:
        if a.kind == "taken":
            type_, name = a.c_type[:-1], f'get_text(step, "{a.member}", "")'
            made.append(
                f'{type_}{a.name} = ({type_})(intptr_t)held_in(self->kept, step, "{a.member}");'
            )
            made.append(f"if (!{a.name}) return word(OG_OK);")
            freed.append(
                f"json_object_set_new(self->kept, {name}, json_integer((json_int_t)(intptr_t){a.name}));"
            )
        if a.kind == "writes":
            made.append(f'og_batch *{a.name} = get_writes(step, "{a.member}");')
            freed.append(f"og_batch_destroy(&{a.name});")
        elif a.kind == "spaced":
            made.append(f'int64_t *{a.name} = get_spaced(step, "{a.member}");')
            freed.append(f"free({a.name});")
        elif a.kind == "reals":
            made.append(f'double *{a.name} = get_reals(step, "{a.member}");')
            made.append(
                f'int64_t count = (int64_t)json_array_size(json_object_get(step, "{a.member}"));'
            )
            freed.append(f"free({a.name});")
        elif a.kind == "shards":
            made.append("int32_t rooms[kMost];")
            made.append("int64_t count;")
            made.append(f'const int32_t *{a.name} = get_shards(step, "{a.member}", rooms, &count);')
    if not freed:
        return made + lines
    *before, answer = lines
    return [
        *made,
        *before,
        f"json_t *answer = {answer.removeprefix('return ')}",
        *freed,
        "return answer;",
    ]


def _answered(op):
    call, kind = _call(op), op.answers
    if op.each:
        return _each(op, call)
    if op.otherwise_word:
        return _row(op, call)
    if op.until:
        return _until(op, call)
    if op.then:
        handle, then = _handle(op), op.then
        return [
            f"{handle} *made = NULL;",
            f"int32_t said = {call};",
            "if (!made) return json_null();",
            f"said = {then.name}(made);",
            f"{handle}_destroy(&made);",
            f"return word_of(k{then.facts['enum']}, said);",
        ]
    if isinstance(kind, list):
        return _rows(op, call)
    if kind == "record":
        return _record(op, call)
    if op.each_field:
        return _many(op, call)
    if isinstance(kind, dict):
        return _fields(op, call)
    if op.into:
        return [
            f"{_handle(op)} *made = NULL;",
            f"og_status status = {call};",
            f"if (status == OG_OK) {_handle(op)}_destroy(&self->{op.into}), self->{op.into} = made;",
            "return word(status);",
        ]
    if kind == "stats":
        return _stats(op)
    if kind == "permit":
        return [f"return take(self->held, step, {call});"]
    if kind in ("ticket", "ticket_named"):
        index = "named(self->endpoints, index)" if kind == "ticket_named" else "answer_index(index)"
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
    if kind == "bytes":
        return [
            "og_value *value = NULL;",
            "og_error *error = NULL;",
            f"int64_t size = {call};",
            "return answer_bytes(step, size, value, error);",
        ]
    if kind == "copied":
        room = next(_argument(op, a)[0] for a in op.arguments if a.name.endswith("capacity"))
        seen = 'json_pack("{s:I, s:s}", "size", (json_int_t)size, "bytes", out)'
        return [
            f"char *out = calloc(1, (size_t){room} + 1);",
            f"int64_t size = {call};",
            f"json_t *seen = size < 0 ? word(size) : {seen};",
            "free(out);",
            "return seen;",
        ]
    if kind in operations.LEASED:
        word = operations.LEASED[kind]
        return [
            "og_value *value = NULL;",
            "int64_t wait_ns = 0;",
            f"int64_t id = {call};",
            f'return leased(self->held, step, "{word}", id, value, wait_ns);',
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


# ---- the call ----


def _call(op):
    given, outs = [f"self->{op.on}"], []
    arguments = iter(op.arguments)
    for p in op.function.parameters:
        if p.kind == "error":
            outs.append("&error" if op.fails == "error" else "NULL")
        elif op.taken and p.name == op.taken.name:
            given.extend(_argument(op, next(arguments)))
        elif p.kind == "out" and (op.each or op.each_field or op.answers == "copied"):
            outs.append(p.name)
        elif p.kind == "out" and (
            op.into
            or op.then
            or op.answers == "record"
            or (isinstance(op.answers, list) and not op.otherwise_word and not op.until)
        ):
            outs.append("&made")
        elif (
            p.kind == "out"
            and isinstance(op.answers, str)
            and op.answers in operations.LEASED
            and p.name == "out"
        ):
            outs.append("&value")
        elif p.kind == "out":
            outs.append(
                f"&{OUT.get(op.answers, p.name) if isinstance(op.answers, str) else p.name}"
            )
        elif p.kind not in ("self", "time"):
            (outs if p.name.endswith("capacity") else given).extend(_argument(op, next(arguments)))
    plain = f"{op.function.name}({', '.join([*given, *outs])})"
    if not op.time:
        return plain
    at = f"{op.function.name}_at({', '.join([*given, 'now_ns', *outs])})"
    return at if op.time == "always" else f"given(step) ? {at} : {plain}"


def _argument(op, a):
    member = f'step, "{a.member}"'
    if a.kind == "bytes":
        return [f'get_text({member}, "")', f"get_len({member})"]
    if a.kind == "raw":
        return [f"get_raw({member})", f"get_raw_len({member})"]
    if a.kind == "many":
        return ["keys.data", "keys.lens"]
    if a.kind == "array" and a.default == []:  # NULL for none
        return [f"get_numbers({member}, numbers) > 0 ? numbers : NULL"]
    if a.kind == "array":
        return ["numbers"]
    if a.kind == "counted":
        return ["kMost" if a.name == "capacity" else "count"]
    if a.kind == "config":
        return [f"get_config({member})"]
    if a.kind == "word":
        return [f'value_of(k{a.enum}, get_text({member}, ""))']
    if a.kind in ("writes", "spaced", "reals", "shards"):
        return [a.name]
    if a.kind == "taken":
        return [f"&{a.name}"]
    if a.kind == "ended":
        return [f'strcmp(get_text({member}, ""), "ok") == 0 ? OG_OK : OG_STORE']
    if a.kind == "left_out":
        return [str(a.default)]
    if a.kind == "kept":
        return [f"get_text({member}, NULL)", f"get_kept_len({member})"]
    if a.kind == "noun":
        return [f"self->{a.member}"]
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


def _handle(op):
    """The type of what it gives: "og_query"."""
    return op.function.outs[0].c_types[0].removesuffix(" **").removeprefix("const ")


# ---- objects and lists ----


def object_of(name, members):
    lines = [f"json_t *{name} = json_object();"]
    return lines + [
        f'json_object_set_new({name}, "{member}", {value});' for member, value in members
    ]


def _outs(op):
    """Declares what its call is given for them."""
    return [f"{p.c_types[0][:-1].strip()} {p.name} = 0;" for p in op.function.outs]


def _fields(op, call):
    lines = [*_outs(op), f"int64_t result = {call};"]
    rows = [
        (name, f"word_of(k{enum}, (int32_t){out})" if kind == "enum" else f"answer_{kind}({out})")
        for name, kind, enum, out in op.fields("c")
    ]
    if op.fails == "status":
        lines.append("if (result < 0 && result != OG_ABSENT) return answer_status(result);")
    return [*lines, *object_of("seen", rows), "return seen;"]


def _many(op, call):
    out, (name, kind), whole = op.function.outs[0], op.each_field, next(iter(op.answers))
    return [
        "keys keys;",
        f"int64_t numbers[kMost], {out.name}[kMost];",
        f'int64_t i, count = get_keys(step, "{op.arguments[0].member}", &keys);',
        f"int64_t result = {call};",
        "json_t *all = json_array();",
        f"for (i = 0; i < count; ++i) json_array_append_new(all, answer_{kind}({out.name}[i]));",
        f'return json_pack("{{s:I, s:o}}", "{whole}", (json_int_t)result, "{name}", all);',
    ]


def _until(op, call):
    lines = [*_outs(op), "int64_t status;", "json_t *rows = json_array();"]
    texts = {p.name for p in op.function.outs if p.c_types[0] == "const void **"}
    row = (
        f"json_stringn({f}, (size_t){f}_len)" if f in texts else f"json_integer({f})"
        for f in op.answers
    )
    pack = f'json_pack("[{",".join("o" * len(op.answers))}]", {", ".join(row)})'
    lines.append(f"while ((status = {call}) == OG_OK) json_array_append_new(rows, {pack});")
    return [*lines, f'return json_pack("{{s:o, s:o}}", "rows", rows, "{op.until}", word(status));']


def _row(op, call):
    """Of the outs; a word where the function says that it is not so."""
    lines = [*_outs(op), f"int64_t result = {call};", "json_t *row;"]
    lines.append(f'if (result == 0) return json_string("{op.otherwise_word}");')
    lines += ["if (result < 0) return word(result);", "row = json_array();"]
    lines += [f"json_array_append_new(row, json_integer({p.name}));" for p in op.function.outs]
    return [*lines, "return row;"]


def _stats(op):
    enum = op.function.facts["enum"]
    rows = []
    for word in op.facts["which"]:
        value = f'og_{op.on}_stat(self->{op.on}, value_of(k{enum}, "{word}"))'
        rows.append((word, f"json_integer({value})"))
    return [*object_of("seen", rows), "return seen;"]


def _each(op, call):
    """Of what it puts into arrays."""
    listed = next((a for a in op.arguments if a.kind in ("many", "array")), None)
    lines = ["int64_t i;"]
    if listed and listed.kind == "many":
        lines += ["keys keys;", f'int64_t count = get_keys(step, "{listed.member}", &keys);']
    elif listed:
        lines.append("int64_t numbers[kMost];")
        lines.append(f'int64_t count = get_numbers(step, "{listed.member}", numbers);')
    else:
        lines.append('int64_t count = get_int(step, "count", 0);')
    for out in op.function.outs:
        lines.append(f"{out.c_types[0].removesuffix('*').strip()} {out.name}[kMost];")
    lines += [f"int64_t result = {call};", "json_t *seen = json_array();"]
    if not listed and op.function.gives == "count":
        lines.append("count = result;")
    each = [f"{out.name}[i]" for out in op.function.outs]
    spelled = f"answer_{op.each}({', '.join(reversed(each))})"
    if op.each == "named":
        spelled = f"named(self->endpoints, {each[0]})"
    return [
        *lines,
        'if (result < 0 || count > kMost) fail("answered %d", (int)result);',
        f"for (i = 0; i < count; ++i) json_array_append_new(seen, {spelled});",
        "return seen;",
    ]


def _record(op, call):
    """Of a noun's functions, but for the time."""
    handle = _handle(op)
    rows = []
    for f in op.recorded():
        value = f"{f.name}(made)"
        if f.gives == "enum":
            spelled = f"word_of(k{f.facts['enum']}, {value})"
            rows.append((f.verb, f"{value} == OG_NONE ? json_null() : {spelled}"))
        elif f.gives == "text":
            rows.append((f.verb, f"json_string({value})"))
        elif f.gives == "number":
            rows.append((f.verb, f"answer_real({value})"))
        else:
            rows.append((f.verb, f"unless_none({value})"))
    lines = [f"{handle} *made = NULL;", f"og_status status = {call};"]
    if op.fails == "error":
        lines = ["og_error *error = NULL;", *lines, "if (status < 0) return answer_error(error);"]
    if op.may_be_none:
        lines.append("if (status == OG_NONE) return json_null();")
    lines += ["must(status, NULL);", *object_of("seen", rows)]
    return [*lines, f"{handle}_destroy(&made);", "return seen;"]


def _rows(op, call):
    """Of what the functions of the list's noun that are given an index say: `at` and the like. One whose name
    is a field of the row gives that field itself. A value is null where `at` says that it is absent."""
    itself = not op.function.outs  # the noun lists them: failures and failure
    if itself:
        noun, listed = nouns.load()[op.function.noun], f"self->{op.on}"
        lines = [f"int64_t i, count = {call};", "json_t *rows = json_array();"]
        reading = [noun.function(op.function.verb.removesuffix("s"))]
    else:
        handle = _handle(op)
        noun, listed = nouns.load()[handle.removeprefix("og_")], "made"
        reading = [f for f in noun.functions if any(p.name == "index" for p in f.parameters)]
        counts = next(f for f in noun.functions if f.gives == "count")
        lines = [
            f"{handle} *made = NULL;",
            f"int64_t status = {call};",
            "json_t *rows = json_array();",
            f"int64_t i, count = made ? {counts.name}(made) : 0;",
        ]
    lines.append("for (i = 0; i < count; ++i) {")
    spelled = {}
    for f in reading:
        outs = {p.name: p.c_types[0].removesuffix("*").strip() for p in f.outs}
        lines += [f"  {type_} {name} = 0;" for name, type_ in outs.items()]
        given = ", ".join(f"&{name}" for name in outs)
        lines.append(f"  const og_status {f.verb} = {f.name}({listed}, i, {given});")
        spelled[f.verb] = f"json_integer({f.verb})"
        for name, type_ in outs.items():
            if type_ == "const void *":
                text = f"json_stringn({name}, (size_t){name}_len)"
                spelled[name] = (
                    f"{f.verb} == OG_ABSENT ? json_null() : {text}" if name == "value" else text
                )
            else:
                spelled[name] = (
                    f"json_string({name})" if type_ == "const char *" else f"json_integer({name})"
                )
    lines.append("  json_t *row = json_array();")
    lines += [f"  json_array_append_new(row, {spelled[field]});" for field in op.answers]
    for f in reading:
        if f.verb not in op.answers:
            lines.append(f'  if ({f.verb} != OG_OK && {f.verb} != OG_ABSENT) fail("{f.verb}");')
    lines += ["  json_array_append_new(rows, row);", "}"]
    if itself:
        return [*lines, "return rows;"]
    if op.keeps:
        kept = "json_integer((json_int_t)(intptr_t)made)"
        lines.append(
            f'if (made) json_object_set_new(self->kept, get_text(step, "as", ""), {kept});'
        )
        lines.append('if (status < 0) fail("answered %d", (int)status);')
        return [*lines, "return rows;"]
    return [
        *lines,
        f"{handle}_destroy(&made);",
        "return status == OG_OK ? rows : (json_decref(rows), word(status));",
    ]
