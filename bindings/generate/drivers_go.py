# SPDX-License-Identifier: Apache-2.0
"""The drivers of Go, over the module's public interface."""

import json

import go_names
import nouns
import operations
import vectors
from wording import camel, pascal

SOURCE = """// Code generated from capi/nouns/{name}.toml. DO NOT EDIT.

package main

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

func init() {{ drivers["{name}"] = open{pascal} }}

type {camel}Driver struct {{
{members}
	held map[string]int64 // by name, what `as` remembers
{kept}}}

{tables}func open{pascal}(v *vector) driver {{
	d := &{camel}Driver{{held: map[string]int64{{}}{made}}}
{opened}
	return d
}}

func (d *{camel}Driver) close() {{
{closed}
}}

func (d *{camel}Driver) step(s step, now time.Duration) any {{ return d.stepAs(s.text("op"), s, now) }}

func (d *{camel}Driver) stepAs(op string, s step, now time.Duration) any {{
	switch op {{
{ops}
	}}
	fail("unknown op %s", op)
	return nil
}}
"""


class Go:
    def emit(self, drivers):
        for driver in drivers:
            kept = driver.members()
            closed = [f"\td.{camel(member)}.Close()" for member in kept]
            members = [f"\t{camel(m)} *outgrow.{driver.class_of(m, 'go')}" for m in kept]
            members += ["\ttoldStore *toldStore"] * driver.has_told()
            kept_class = driver.keeps() and pascal(driver.keeps())
            if kept_class:
                closed.insert(0, "\tfor _, each := range d.kept { each.Close() }")
            yield (
                f"{driver.name}_driver.go",
                SOURCE.format(
                    name=driver.name,
                    pascal=pascal(driver.name),
                    camel=camel(driver.name),
                    members="\n".join(members),
                    kept=f"\tkept map[string]*outgrow.{kept_class}\n" if kept_class else "",
                    made=f", kept: map[string]*outgrow.{kept_class}{{}}" if kept_class else "",
                    tables="".join(_table(*enum) for enum in driver.enums().items()),
                    opened="\n".join(f"\t{line}" for line in _opened(driver)),
                    closed="\n".join(closed),
                    ops="\n".join(map(self.op, driver.ops)),
                ),
            )

    def op(self, op):
        if op.asks:
            asks = (f'"{name}": d.stepAs("{asked}", s, now)' for name, asked in op.asks.items())
            lines = [f"return step{{{', '.join(asks)}}}"]
        elif op.is_by_hand:
            lines = [f"return {op.by_hand('go', camel)}(d.{camel(op.noun)}, s, now)"]
        elif op.is_told:
            lines = [f"return d.toldStore.{camel(op.name)}(s)"]
        else:
            lines = self.answered(op)
        return "\n".join([f'\tcase "{op.name}":', *(f"\t\t{line}" for line in lines)])

    def answered(self, op):
        plain, timed = _calls(op)
        for a in op.arguments:
            if a.kind == "writes":
                made = f"{a.name} := s.writes({json.dumps(a.member)})"
                return [made, f"defer {a.name}.Close()", self.answer(op, plain)]
            if a.kind == "taken":
                none = f'if {_argument(op, a)} == nil {{ return "ok" }}'
                return [none, self.answer(op, plain)]
            if a.kind == "shards":
                many = f'd.{camel(op.on)}.{go_names.exported(op.function.verb)}All(s.integer("{a.member}", 0))'
                listed = f'if _, is := s["{a.member}"].([]any); is {{ {self.answer(op, plain)} }}'
                return [listed, self.answer(op, many)]
        if op.otherwise("go"):
            member, other = op.other
            instead = self.answer(other, _calls(other)[0])
            return [f'if _, has := s["{member}"]; has {{ {instead} }}', self.answer(op, plain)]
        if op.time == "given":
            return [f"if given(s) {{ {self.answer(op, timed)} }}", self.answer(op, plain)]
        return [self.answer(op, timed if op.time == "always" else plain)]

    def answer(self, op, call):
        kind = op.answers_in("go")
        if op.each:
            return _each(op, call)
        if op.then:
            return (
                f"of := made({call}); if of == nil {{ return nil }}; defer of.Close(); "
                f"return made(of.{go_names.exported(op.then.verb)}()).String()"
            )
        if op.until:
            texts = {p.name for p in op.function.outs if p.c_types[0] == "const void **"}
            row = (f"string(row.{pascal(f)})" if f in texts else f"row.{pascal(f)}" for f in op.answers)
            ended = f'step{{"rows": all, "{op.until}": word(outcome, err)}}'
            return (
                f"all := []any{{}}; for {{ row, outcome, err := {call}; "
                f"if outcome != outgrow.StatusOK {{ return {ended} }}; "
                f"all = append(all, []any{{{', '.join(row)}}}) }}"
            )
        if op.otherwise_word:
            row = ", ".join(kind)
            return (
                f"is, {row}, err := {call}; must(err); "
                f'if !is {{ return "{op.otherwise_word}" }}; return []any{{{row}}}'
            )
        if op.keeps:
            fields = ", ".join(json.dumps(field) for field in kind)
            return (
                f"taken := made({call}); if taken == nil {{ return []any{{}} }}; "
                f'd.kept[s.text("as")] = taken; return answerRows(taken.Writes())({fields})'
            )
        if isinstance(kind, list):
            return f"return answerRows({call})({', '.join(json.dumps(field) for field in kind)})"
        if isinstance(kind, str) and kind in operations.LEASED:
            return f"return answer{pascal(kind)}(d.held, s, made({call}))"
        if kind == "bytes":
            return f"value, found, err := {call}; return answerBytes(s, value, found, err)"
        if kind == "copied":
            room = next(_argument(op, a) for a in op.arguments if a.name.endswith("capacity"))
            return f"room := {room}; value, outcome, err := {call}; return copied(value, room, outcome, err)"
        if kind == "record":
            kind = "kept_record" if op.may_be_none else kind
            names = (f'"{f.verb}", "{go_names.exported(f.verb)}"' for f in op.recorded())
            return f"return answer{pascal(kind)}({call})({', '.join(names)})"
        if op.into:
            to = f"d.{camel(op.into)}"
            return f"made, err := {call}; if err == nil {{ {to}.Close(); {to} = made }}; return answerDone(err)"
        if op.each_field:
            (name, how), whole = op.each_field, next(iter(kind))
            keys = next(a.member for a in op.arguments if a.kind == "many")
            spell = f"func(one time.Duration) any {{ return answer{pascal(how)}(one, nil) }}"
            return (
                f'all := make([]time.Duration, s.count("{keys}")); '
                f'return step{{"{whole}": made({call}), "{name}": each(all, nil, {spell})}}'
            )
        if isinstance(kind, dict) and "answer" not in op.function.facts:
            return _tuple(op, call)
        if isinstance(kind, dict):
            rows = (
                f'"{name}": answer{pascal(how)}(said.{pascal(name)}, err)'
                for name, how in kind.items()
            )
            return f"said, err := {call}; return step{{{', '.join(rows)}}}"
        if kind == "stats":
            type_ = operations.enum_in(op.function.facts["enum"], "go")
            rows = (
                f'"{word}": made(d.{camel(op.on)}.Stat({_constant(type_, word)}))'
                for word in op.facts["which"]
            )
            return f"return step{{{', '.join(rows)}}}"
        if kind == "permit":
            return (
                f'permit, err := {call}; return take(d.held, s, int64(permit), "{op.outcome}", err)'
            )
        if kind in ("ticket", "ticket_named"):
            index = "answerIndex(index, nil)"
            if kind == "ticket_named":
                index = "nameOf(d.endpoints, index)"
            return (
                f"ticket, index, outcome, err := {call}; "
                f"return takeTicket(d.held, s, int64(ticket), outcome, err, func() any {{ return {index} }})"
            )
        if kind == "made":
            return f"made, err := {call}; return keep(d.held, s, int64(made), err)"
        if kind == "lines":
            return f"return lines(s, made({call}))"
        if kind == "named":
            return f"return nameOf(d.endpoints, made({call}))"
        if op.fails == "error":
            return f"return {'answerError' if kind == 'done' else 'orError'}({call})"
        if op.fails == "status":
            return f"return orStatus({'outgrow.StatusOK, ' if kind == 'done' else ''}{call})"
        if op.fails == "number":
            return f"return orNumber({call})"
        return f"return answer{'Count' if kind == 'text' else pascal(kind)}({call})"


def _tuple(op, call):
    """Of the values that it answers."""
    fields = list(op.fields("go"))
    names = [name for name, *_ in fields]
    failed = "if err != nil { return orStatus(outgrow.StatusOK, err) }"
    if op.function.gives == "value":
        names.insert(1, "found")
        failed += "; if !found { value = nil }"
    rows = []
    for name, kind, enum, _ in fields:
        value = f"textOrNil({name})" if kind == "value" else name
        if kind == "enum":
            words = ", ".join(f'"{word}"' for word in operations.words(enum))
            value = f"[]string{{{words}}}[{name}]"
        rows.append(f'"{name}": {value}')
    return f"{', '.join(names)}, err := {call}; {failed}; return step{{{', '.join(rows)}}}"


def _constant(type_, word):
    return f"outgrow.{type_.removesuffix('Stat')}{pascal(word)}"


def _stats(enum):
    """The table's name."""
    return f"{enum[0].lower()}{enum[1:]}s"


def _table(enum, words):
    if not enum.endswith("Stat"):  # the others have a String
        return ""
    type_ = operations.enum_in(enum, "go")
    rows = "".join(f'\t"{word}": {_constant(type_, word)},\n' for word in words)
    return f"var {_stats(enum)} = map[string]outgrow.{type_}{{\n{rows}}}\n\n"


def _each(op, call):
    """Of the list that it fills, or answers."""
    if op.each == "found":
        return f"all, err := {call}; return each(all, err, foundOf)"
    type_ = {"int32_t *": "int32", "int64_t *": "time.Duration"}[op.function.outs[-1].c_types[0]]
    listed = next((a.member for a in op.arguments if a.kind in ("many", "array")), "")
    spelled = (
        "nameOf(d.endpoints, one)" if op.each == "named" else f"answer{pascal(op.each)}(one, nil)"
    )
    made = f'all := make([]{type_}, s.count("{listed}")); err := {call}'
    if not listed and op.function.gives == "count":
        made = f"all, err := {call}"
    return f"{made}; return each(all, err, func(one {type_}) any {{ return {spelled} }})"


def _opened(driver):
    lines = []
    for member in driver.made_first():
        if driver.told(member):
            lines.append("d.toldStore = newToldStore()")
            lines.append(f"d.{camel(member)} = made(d.toldStore.{camel(member)}(v.clock))")
        else:
            lines.append(_made(driver, member, f'v.Setup.inner("{member}")', []))
    if driver.made_first():
        lines.append('for _, each := range v.Setup.list("steps") { d.step(step(each.(map[string]any)), 0) }')
    given = [f"d.{camel(member)}" for member in driver.made_first()]
    if driver.listed():
        given.append(f'v.Setup.raws("{driver.listed()}")...')
    lines.append(_made(driver, driver.name, "v.Config", given))
    own = f"d.{camel(driver.name)}"
    return lines + [f"d.{camel(part)} = made({own}.{pascal(part)}())" for part in driver.parts()]


def _made(driver, member, config, beside):
    noun = driver.noun_of(member)
    takes = vectors.takes(noun)
    given = [f"Named: named({config})"]
    given += ["Clock: v.clock"] if "clock" in takes else []
    given += ["Scope: v.scope", "Name: v.name"] if "scope" in takes else []
    options = f"outgrow.{noun.cls}Options{{{', '.join(given)}}}"
    made = f"outgrow.New{driver.class_of(member, 'go')}({', '.join([options, *beside])})"
    return f"d.{camel(member)} = made({made})"


def _calls(op):
    plain, timed = op.method("go", go_names.exported)
    arguments = {a.name: _argument(op, a) for a in op.arguments}
    noun = f"d.{camel(op.on)}"
    if "(" in plain:
        made = plain.format(noun=noun, now="now", **arguments)
        return made, made
    given = [given for given in arguments.values() if given]
    given += ["all"] * (bool(op.each) and op.function.gives != "count")
    at = [*given, "now"]
    if op.each_field:
        given, at = [*given, "all"], [*at, "all"]
    return f"{noun}.{plain}({', '.join(given)})", f"{noun}.{timed}({', '.join(at)})"


def _argument(op, a):
    member = json.dumps(a.member)
    if a.kind == "held":
        own = {"counter": "Series", "gauge": "Series", "histogram": "Series"}
        return f"outgrow.{own.get(a.name, pascal(a.name))}(d.held[s.text({member})])"
    if a.kind == "config":
        return f"outgrow.{nouns.load()[op.function.noun].cls}Options{{Named: named(s.inner({member}))}}"
    if a.kind == "raw":
        return f"[]byte(s.raw({member}))" if a.name == "value" else f"s.raw({member})"
    if a.kind == "many":
        return f"s.raws({member})"
    if a.kind == "array":
        return f"s.wholes({member})"
    if a.kind in ("counted", "left_out"):
        return ""
    if a.kind == "kept":
        return f"s.bytesOrNil({member})"
    if a.kind == "taken":
        return f"d.kept[s.text({member})]"
    if a.kind == "ended":
        return f's.text({member}) == "ok"'
    if a.kind == "writes":
        return a.name
    if a.kind in ("spaced", "reals", "shards"):
        return f"s.{a.kind}({member})"
    if a.kind == "noun":
        return f"d.{camel(a.member)}"
    if a.kind == "word":
        return f"constantOf[outgrow.{operations.enum_in(a.enum, 'go')}](s.text({member}))"
    if a.kind == "find":
        return f"indexOf(d.endpoints, s.text({member}))"
    if a.kind == "stat":
        return f"{_stats(op.function.facts['enum'])}[s.text({member})]"
    if a.kind == "duration":
        return f"s.ms({member}, 0)"
    if a.kind == "ttl":
        return f"s.ms({member}, outgrow.DefaultTTL)"
    if a.kind == "text" or (a.kind == "bytes" and a.name != "value"):
        return f"s.text({member})"
    if a.kind == "bytes":
        return f"[]byte(s.text({member}))"
    if a.kind == "flag":
        return f"s.truth({member}, {'true' if a.default else 'false'})"
    if a.kind == "real":
        return f"s.number({member}, outgrow.Missing)"
    whole = f"s.integer({member}, {a.default or 0})"
    return f"int32({whole})" if a.c_type == "int32_t" else whole
