# SPDX-License-Identifier: Apache-2.0
"""The drivers of Java, over the public classes."""

import json

import nouns
import operations
import vectors
from wording import camel, pascal

SOURCE = """// Generated from capi/nouns/{name}.toml.
package outgrow.conformance;

import io.github.outgrow.*;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

final class {pascal}Driver implements Driver {{
{members}
  final Map<String, Long> held = new HashMap<>();
  final Map<String, Object> kept = new HashMap<>(); // objects, by name

  {pascal}Driver(Step vector, Clock clock) {{
{opened}
  }}

  @Override
  public Object step(Step step, long now) throws Exception {{
    return stepAs(step.text("op"), step, now);
  }}

  private Object stepAs(String op, Step step, long now) throws Exception {{
    switch (op) {{
{ops}
      default:
        throw new IllegalArgumentException("unknown op " + op);
    }}
  }}

  @Override
  public void close() {{
{closed}
  }}
}}
"""
REGISTRY = """// Generated from capi/nouns.
package outgrow.conformance;

import io.github.outgrow.Clock;
import java.util.Map;
import java.util.function.BiFunction;

/** By noun: makes a driver of a vector. */
final class Drivers {{
  static final Map<String, BiFunction<Step, Clock, Driver>> ALL =
      Map.ofEntries(
{rows});

  private Drivers() {{}}
}}
"""


class Java:
    def emit(self, drivers):
        rows = [f'          Map.entry("{d.name}", {pascal(d.name)}Driver::new)' for d in drivers]
        yield "Drivers.java", REGISTRY.format(rows=",\n".join(rows))
        for driver in drivers:
            kept = driver.members()
            closed = [f"    Answers.close({camel(member)});" for member in kept]
            members = [f"  {driver.class_of(member, 'java')} {camel(member)};" for member in kept]
            members += ["  final ToldStore toldStore = new ToldStore();"] * driver.has_told()
            if "java" in driver.facts.get("ends", {}):
                closed.insert(0, f"    {driver.facts['ends']['java']};")
            if driver.keeps():
                cls = nouns.load()[driver.keeps()].cls
                closed.insert(0, f"    for (Object each : kept.values()) (({cls}) each).close();")
            yield (
                f"{pascal(driver.name)}Driver.java",
                SOURCE.format(
                    name=driver.name,
                    pascal=pascal(driver.name),
                    members="\n".join(members),
                    opened=_opened(driver),
                    closed="\n".join(closed),
                    ops="\n".join(map(self.op, driver.ops)),
                ),
            )

    def op(self, op):
        if op.asks:
            asks = (f'"{name}", stepAs("{asked}", step, now)' for name, asked in op.asks.items())
            answer = f"Answers.map({', '.join(asks)})"
        elif op.is_by_hand:
            answer = f"ByHand.{op.by_hand('java', camel)}({camel(op.noun)}, step, now)"
        elif op.is_told:
            answer = f"toldStore.{camel(op.name)}(step)"
        else:
            answer = self.answered(op)
            if op.taken:
                answer = f'kept.containsKey(step.text("{op.taken.member}")) ? {answer} : "ok"'
            if op.otherwise("java"):
                member, other = op.other
                answer = f'step.has("{member}") ? {self.answered(other)} : {answer}'
        return f'      case "{op.name}":\n        return {answer};'

    def answered(self, op):
        call, kind = _call(op), op.answers_in("java")
        if op.each:
            spell = f"Answers::{op.each}Word"
            if op.each == "named":
                spell = "index -> Answers.named(endpoints, index)"
            return f"Answers.orInvalid(() -> Answers.each({call}, {spell}))"
        if op.then:
            type_ = nouns.load()[op.then.noun].cls
            return f"Answers.of({call}, {type_}::{camel(op.then.verb)})"
        if op.until:
            row = ", ".join(f"row.{camel(field)}()" for field in kind)
            return f'Answers.until("{op.until}", () -> {call}, row -> Answers.row({row}))'
        if op.otherwise_word:
            row = ", ".join(f"row.{field}()" for field in kind)
            return f'{call}.<Object>map(row -> Answers.row({row})).orElse("{op.otherwise_word}")'
        if op.keeps:
            row = ", ".join(f"row.{field}()" for field in kind)
            rows = f"taken -> Answers.each(taken.writes(), row -> Answers.row({row}))"
            return f"Answers.keep(kept, step, {call}).<Object>map({rows}).orElse(Answers.row())"
        if isinstance(kind, list):
            row = ", ".join(f"row.{field}()" for field in kind)
            return f"Answers.orInvalid(() -> Answers.each({call}, row -> Answers.row({row})))"
        if isinstance(kind, str) and kind in operations.LEASED:
            return f"Answers.leased(held, step, {call})"
        if kind == "bytes":
            return f"Answers.or{pascal(op.fails)}(() -> Answers.bytes(step, {call}))"
        if kind == "copied":
            room = next(_argument(op, a) for a in op.arguments if a.name.endswith("capacity"))
            return f"Answers.copied(new byte[(int) {room}], out -> {call})"
        if kind == "record":
            row = ", ".join(
                f'"{f.verb}", Answers.plain(said.{camel(f.verb)}())' for f in op.recorded()
            )
            said = f"Answers.keptRecord({call}, said -> Answers.map({row}))"
            if not op.may_be_none:
                said = f"{{ var said = {call}; return Answers.map({row}); }}"
            return f"Answers.or{pascal(op.fails)}(() -> {said})"
        if op.into:
            to = camel(op.into)
            return f"Answers.done(() -> {{ var made = {call}; Answers.close({to}); {to} = made; }})"
        if op.each_field:
            (name, how), whole = op.each_field, next(iter(kind))
            return f'Answers.many("{whole}", "{name}", {call}, Answers::{how}Word)'
        if isinstance(kind, dict):
            rows = []
            for name, how, _, member in op.fields("java"):
                nanos = "Nanos" if how in ("wait", "duration") else ""
                value = f"said.{member if '(' in member else f'{camel(member)}{nanos}()'}"
                how = {"enum": "word", "wait": "waitWord"}.get(how, "plain")
                rows.append(f'"{name}", Answers.{how}({value})')
            return f"Answers.or{pascal(op.fails)}(() -> {{ var said = {call}; return Answers.map({', '.join(rows)}); }})"
        if kind == "stats":
            type_ = operations.enum_in(op.function.facts["enum"], "java")
            rows = (
                f'"{word}", {camel(op.on)}.stat({type_}.{word.upper()})'
                for word in op.facts["which"]
            )
            return f"Answers.map({', '.join(rows)})"
        if kind == "permit":
            return f'Answers.permit(held, step, {call}, "{op.outcome}")'
        if kind in ("ticket", "ticket_named"):
            spell = (
                "Answers::indexWord"
                if kind == "ticket"
                else "index -> Answers.named(endpoints, index)"
            )
            return f"Answers.ticket(held, step, {call}, {spell})"
        if kind == "made":
            return f'Answers.done(() -> kept.put(step.text("as"), {call}))'
        if kind == "lines":
            return f"Answers.lines(step, {call})"
        if kind == "named":
            return f"Answers.named(endpoints, {call})"
        if kind == "done":
            how = "done" if op.fails == "invalid" else f"doneOr{pascal(op.fails)}"
            return f"Answers.{how}(() -> {call})"
        if op.fails == "invalid":
            how = {"enum": "enumOf", "outcome": "enumOf"}.get(kind, kind)
            if kind == "duration":
                call = f"Answers.plain({call})"
            how = "orInvalid" if kind in ("count", "duration", "text") else how
            return f"Answers.{how}(() -> {call})"
        if kind in ("outcome", "enum"):
            call = f"Answers.word({call})"
        return f"Answers.or{pascal(op.fails)}(() -> {call})"


def _takes_texts(noun):
    """Whether its class has a codec for texts."""
    return "<String, String>" in nouns.load()[noun].facts.get("vectors", {}).get("java", "")


def _opened(driver):
    lines = []
    for member in driver.made_first():
        if driver.told(member):
            lines.append(f"{camel(member)} = toldStore.{camel(member)}(clock);")
        else:
            options = f'vector.object("setup").object("{member}")'
            lines += _built(driver, member, options, [])
    if driver.made_first():
        lines += [
            'Step setup = vector.object("setup");',
            "try {",
            '  if (setup.has("steps"))',
            '    for (var each : setup.list("steps")) step(new Step(each.getAsJsonObject()), 0);',
            "} catch (Exception e) {",
            "  throw new IllegalStateException(e);",
            "}",
        ]
    given = [camel(member) for member in driver.made_first()]
    if driver.listed():
        given.append(f'vector.object("setup").raws("{driver.listed()}")')
    lines += _built(driver, driver.name, 'vector.object("config")', given)
    for part in driver.parts():
        lines.append(f"{camel(part)} = {camel(driver.name)}.{camel(part)}().orElse(null);")
    return "\n".join(f"    {line}" for line in lines)


def _built(driver, member, options, given):
    noun = driver.noun_of(member)
    cls, takes = noun.cls, vectors.takes(noun)
    if _takes_texts(noun.name) and not given:
        given = ["Codec.text()", "Codec.text()"]
    clock = ".clock(clock)" if "clock" in takes else ""
    built, given = f"{options}.options({cls}.builder()){clock}", ", ".join(given)
    if "scope" not in takes:
        return [f"{camel(member)} = {built}.build({given});"]
    builder = f"{camel(member)}Builder"
    return [
        f"{cls}.Builder {builder} = {built};",
        f"if (Runner.scope != null) {builder}.scope(Runner.scope, Runner.name);",
        f"{camel(member)} = {builder}.build({given});",
    ]


def _call(op):
    plain, timed = op.method("java", camel)
    arguments = {a.name: _argument(op, a) for a in op.arguments}
    noun = camel(op.on)
    if "(" in plain:
        return plain.format(noun=noun, now="now", **arguments)
    given = [given for given in arguments.values() if given]
    plainly = f"{noun}.{plain}({', '.join(given)})"
    at = f"{noun}.{timed}({', '.join([*given, 'now'])})"
    return {"given": f"step.timeGiven() ? {at} : {plainly}", "always": at}.get(op.time, plainly)


def _argument(op, a):
    member = json.dumps(a.member)
    if a.kind == "config":
        return f"options -> step.object({member}).options(options)"
    if a.kind == "held":
        return f'held.getOrDefault(step.text({member}, ""), 0L)'
    if a.kind == "find":
        return f'endpoints.find(step.text({member}, ""))'
    if a.kind == "stat":
        type_ = operations.enum_in(op.function.facts["enum"], "java")
        return f'{type_}.valueOf(step.text({member}, "").toUpperCase(Locale.ROOT))'
    if a.kind == "duration":
        return f"Duration.ofMillis(step.integer({member}, 0))"
    if a.kind == "ttl":
        return "step.ttl()"
    if a.kind == "raw":
        return f"step.raw({member})"
    if a.kind == "many":
        return f"step.texts({member})"
    if a.kind == "array":
        return f"step.wholes({member})"
    if a.kind in ("counted", "left_out"):
        return ""
    if a.kind == "kept":
        return f"step.bytes({member})"
    if a.kind == "taken":
        return f"(({nouns.load()[a.c_type[3:-3]].cls}) kept.get(step.text({member})))"
    if a.kind == "ended":
        return f'step.text({member}).equals("ok")'
    if a.kind in ("writes", "spaced", "reals", "shards"):
        return f"step.{a.kind}({member})"
    if a.kind == "noun":
        return camel(a.member)
    if a.kind == "word":
        type_ = operations.enum_in(a.enum, "java")
        return f'{type_}.valueOf(step.text({member}, "").toUpperCase(Locale.ROOT))'
    if a.kind == "bytes":
        return f"step.{'text' if _takes_texts(op.on) else 'bytes'}({member})"
    if a.kind == "text":
        return f"step.text({member}, {json.dumps(a.default)})"
    if a.kind == "flag":
        return f"step.flag({member}, {'true' if a.default else 'false'})"
    if a.kind == "real":
        return f"step.number({member})"
    suffix = "L" if (a.default or 0) >= 1 << 31 else ""
    whole = f"step.integer({member}, {a.default or 0}{suffix})"
    return f"(int) {whole}" if a.c_type == "int32_t" else whole
