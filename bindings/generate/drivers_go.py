# SPDX-License-Identifier: Apache-2.0
"""The drivers of Go, over the module's public interface."""

import json

import nouns
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
	own  any              // of the part in tests/conformance/go
}}

{tables}func open{pascal}(v *vector) driver {{
	d := &{camel}Driver{{held: map[string]int64{{}}}}
	{opened}
	return d
}}

func (d *{camel}Driver) close() {{
{closed}
}}

func (d *{camel}Driver) step(s step, now time.Duration) any {{
	switch s.text("op") {{
{ops}
	}}
	fail("unknown op %s", s.text("op"))
	return nil
}}
"""


class Go:
    def emit(self, drivers):
        described = nouns.load()
        for driver in drivers:
            kept = [driver.name, *reversed(driver.over)]
            closed = [f"\td.{camel(noun)}.Close()" for noun in kept]
            if "go" in driver.facts.get("closed_by_hand", ()):
                closed.insert(0, "\td.closeOwn()")
            yield (
                f"{driver.name}_driver.go",
                SOURCE.format(
                    name=driver.name,
                    pascal=pascal(driver.name),
                    camel=camel(driver.name),
                    members="\n".join(
                        f"\t{camel(n)} *outgrow.{driver.class_of(n, 'go', described[n].cls)}"
                        for n in kept
                    ),
                    tables="".join(_table(*enum) for enum in driver.enums().items()),
                    opened=_opened(driver),
                    closed="\n".join(closed),
                    ops="\n".join(map(self.op, driver.ops)),
                ),
            )

    def op(self, op):
        lines = [f"return d.{camel(op.name)}(s, now)"] if op.by_hand("go") else self.answered(op)
        return "\n".join([f'\tcase "{op.name}":', *(f"\t\t{line}" for line in lines)])

    def answered(self, op):
        plain, timed = _calls(op)
        if op.otherwise("go"):
            member, other = op.other
            instead = self.answer(other, _calls(other)[0])
            return [f'if _, has := s["{member}"]; has {{ {instead} }}', self.answer(op, plain)]
        if op.time == "given":
            return [f"if given(s) {{ {self.answer(op, timed)} }}", self.answer(op, plain)]
        return [self.answer(op, timed if op.time == "always" else plain)]

    def answer(self, op, call):
        kind = op.answers_in("go")
        if isinstance(kind, dict):
            rows = (
                f'"{name}": answer{pascal(how)}(said.{pascal(name)}, err)'
                for name, how in kind.items()
            )
            return f"said, err := {call}; return step{{{', '.join(rows)}}}"
        if kind == "stats":
            type_ = vectors.enum_in(op.function.facts["enum"], "go")
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
        return f"return answer{pascal(kind)}({call})"


def _constant(type_, word):
    return f"outgrow.{type_.removesuffix('Stat')}{pascal(word)}"


def _stats(enum):
    """The table's name."""
    return f"{enum[0].lower()}{enum[1:]}s"


def _table(enum, words):
    if not enum.endswith("Stat"):  # the others have a String
        return ""
    type_ = vectors.enum_in(enum, "go")
    rows = "".join(f'\t"{word}": {_constant(type_, word)},\n' for word in words)
    return f"var {_stats(enum)} = map[string]outgrow.{type_}{{\n{rows}}}\n\n"


def _opened(driver):
    if driver.opened_by_hand("go"):
        return "d.open(v)"
    given = ["Named: named(v.Config)"]
    given += ["Clock: v.clock"] if "clock" in driver.takes else []
    given += ["Scope: v.scope", "Name: v.name"] if "scope" in driver.takes else []
    cls = driver.class_of(driver.name, "go", driver.noun.cls)
    options = f"outgrow.{driver.noun.cls}Options{{{', '.join(given)}}}"
    return f"d.{camel(driver.name)} = made(outgrow.New{cls}({options}))"


def _calls(op):
    plain, timed = op.method("go", pascal)
    arguments = {a.name: _argument(op, a) for a in op.arguments}
    noun = f"d.{camel(op.on)}"
    if "(" in plain:
        made = plain.format(noun=noun, now="now", **arguments)
        return made, made
    given = list(arguments.values())
    at = [*given, "now"]
    return f"{noun}.{plain}({', '.join(given)})", f"{noun}.{timed}({', '.join(at)})"


def _argument(op, a):
    member = json.dumps(a.member)
    if a.kind == "held":
        own = {"counter": "Series", "gauge": "Series", "histogram": "Series"}
        return f"outgrow.{own.get(a.name, pascal(a.name))}(d.held[s.text({member})])"
    if a.kind == "hex":
        return f"{'[]byte' if a.name == 'value' else 'string'}(hexed(s, {member}))"
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
