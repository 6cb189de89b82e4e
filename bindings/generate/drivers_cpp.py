# SPDX-License-Identifier: Apache-2.0
"""The drivers of C++ over outgrow.hpp. drivers_core.py has those over the core's own classes."""

import json

from operations import LEASED
from vectors import takes
from wording import pascal

HEADER = """// Generated from capi/nouns/{name}.toml.
#pragma once

#include {include}

#include <map>

#include "tests/conformance/{shared}.h"

namespace {space} {{

struct {cls} : Driver {{
  explicit {cls}(const Setup& setup);
  json step(const json& step, std::int64_t now) override;
  json step_as(const std::string& op, const json& step, std::int64_t now);

{members}
  Held held = {{}};
{kept}}};

}}  // namespace {space}
"""

SOURCE = """// Generated from capi/nouns/{name}.toml.
#include "{name}_driver.h"

namespace {space} {{

{opened}json {cls}::step(const json& step, std::int64_t now) {{
  return step_as(step.at("op"), step, now);
}}

json {cls}::step_as(const std::string& op, const json& step, std::int64_t now) {{
{tables}  (void)now;
{ops}
  throw std::runtime_error("unknown op " + op);
}}

std::unique_ptr<Driver> make_{name}_driver(const Setup& setup) {{
  return std::make_unique<{cls}>(setup);
}}

}}  // namespace {space}
"""


def literal(value):
    return json.dumps(value)


class Cpp:
    column, shared, space = "cpp", "answers_cpp", "outgrow::conformance"
    of, time, ok, writes = ".", "time_of", "ok", "writes()"

    def emit(self, drivers):
        self.drivers = {d.name: d for d in drivers}
        for driver in drivers:
            said = {
                "name": driver.name,
                "cls": pascal(driver.name) + "Driver",
                "shared": self.shared,
                "space": self.space,
            }
            members = [f"  {self.member(driver, name)}" for name in (*driver.over, driver.name)]
            include = self.include(driver)
            if any(op.is_by_hand for op in driver.ops):
                include += f'\n#include "tests/conformance/by_hand_{self.column}.h"'
            if driver.has_told():
                members.insert(0, "  ToldStore told_store;")
                include += f'\n#include "tests/conformance/told_store_{self.column}.h"'
            yield (
                f"{driver.name}_driver.h",
                HEADER.format(
                    **said,
                    include=include,
                    members="\n".join(members),
                    kept=self.kept(driver),
                ),
            )
            yield (
                f"{driver.name}_driver.cpp",
                SOURCE.format(
                    **said,
                    tables="".join(self.table(*enum) for enum in driver.enums().items()),
                    opened=self.opened(driver),
                    ops="\n".join(self.op(op) for op in driver.ops),
                ),
            )

    # ---- the noun ----

    def include(self, driver):
        return "<outgrow.hpp>"

    def member(self, driver, member):
        return f"{driver.class_of(member, 'cpp')} {member}{{nullptr}};"

    def opened(self, driver):
        cls = pascal(driver.name) + "Driver"
        if not driver.made_first() and not driver.parts() and not driver.listed():
            made = self.made(driver, driver.name)
            return f"{cls}::{cls}(const Setup& setup) : {driver.name}({made}) {{}}\n\n"
        lines = []
        for member in driver.made_first():
            if driver.told(member):
                lines.append(f"{member} = told_store.{member}(setup.clock);")
            else:
                lines.append(f"{member} = {self.made(driver, member)};")
        if driver.made_first():
            steps = 'given_in(setup.vector).value("steps", json::array())'
            lines.append(f"for (const json& each : {steps}) this->step(each, 0);")
        lines.append(f"{driver.name} = {self.made(driver, driver.name)};")
        lines += [f"{part} = {driver.name}{self.of}{part}();" for part in driver.parts()]
        body = "\n".join(f"  {line}" for line in lines)
        return f"{cls}::{cls}(const Setup& setup) {{\n{body}\n}}\n\n"

    def made(self, driver, member):
        """A noun that lies where the setup says, with its options."""
        cls, noun = driver.class_of(member, "cpp"), driver.noun_of(member)
        if member != driver.name:
            options = f'options_of(given_in(setup.vector, "{member}"))'
            return f"make_noun<{cls}>({{setup.vector, {options}, setup.clock, setup.scope, setup.name}})"
        if not driver.made_first() and not driver.listed():
            return f"make_noun<{cls}>(setup)"
        given = [*driver.made_first(), "setup.options"]
        if driver.listed():
            given.insert(0, f'Keys(raws(given_in(setup.vector), "{driver.listed()}"))')
        given += ["setup.clock"] * ("clock" in takes(noun))
        made = f"{cls}({', '.join(given)})"
        if "scope" not in takes(noun):
            return made
        placed = f"{cls}({', '.join(['*setup.scope', 'setup.name', *given])})"
        return f"setup.scope ? {placed} : {made}"

    def table(self, enum, words):
        rows = ", ".join(f'{{"{word}", {enum}::{self.enumerator(word)}}}' for word in words)
        return f"  static const Words<{enum}> k{enum}{{{rows}}};\n"

    def enumerator(self, word):
        return word + "_" if word in ("delete",) else word

    def kept(self, driver):
        types = (op.facts[f"{self.column}_type"] for op in driver.ops if op.keeps)
        return "".join(f"  std::map<std::string, {type_}> kept = {{}};\n" for type_ in types)

    # ---- an operation ----

    def op(self, op):
        if op.is_told:
            return f'  if (op == "{op.name}") return told_store.{op.name}(step);'
        if op.is_by_hand:
            return f'  if (op == "{op.name}") return {op.by_hand("cpp")}({op.noun}, step, now);'
        if op.asks:
            asks = ", ".join(
                f'{{"{name}", step_as("{asked}", step, now)}}' for name, asked in op.asks.items()
            )
            return f'  if (op == "{op.name}") return json{{{asks}}};'
        lines = [f'  if (op == "{op.name}") return {self.guarded(op, self.answered(op))};']
        if op.otherwise(self.column):
            member, other = op.other
            answer = self.guarded(other, self.answered(other))
            lines.insert(
                0, f'  if (op == "{op.name}" && step.contains("{member}")) return {answer};'
            )
        return "\n".join(lines)

    def guarded(self, op, answer):
        how = "answer" if op.fails == "invalid" else f"answer_or_{op.fails}"
        return f"{how}([&]() -> json {{ return {answer}; }})"

    def answered(self, op):
        call, answers = self.call(op), op.answers_in(self.column)
        if op.each:
            type_ = op.facts.get(f"{self.column}_type", op.function.outs[-1].c_types[0][:-2])
            spelled = (
                self.named(op, "one", True) if op.each == "named" else f"answer_{op.each}(one)"
            )
            return self.listed(op, type_, call, f"[&](const auto& one) {{ return {spelled}; }}")
        if op.then:
            said = f"word_of(k{op.then.facts['enum']}, made{self.of}{op.then.verb}())"
            return f"[&] {{ const auto made = {call}; return made ? {said} : json(); }}()"
        if op.until:
            return self.rows(op, call)
        if op.each_field:
            return self.many(op, call)
        if isinstance(answers, dict):
            return self.fields(op, call)
        if op.otherwise_word and isinstance(answers, list):
            row = ", ".join(f"plain(said.{field})" for field in answers)
            row = f'said ? json{{{row}}} : json("{op.otherwise_word}")'
            return f"[&] {{ const auto said = {call}; return {row}; }}()"
        if isinstance(answers, list):
            row = ", ".join(
                f"plain({field})" if "row." in field else f"plain(row.{field})" for field in answers
            )
            if op.keeps:
                listed = f"answer_rows(taken.{self.writes}, [](const auto& row) {{ return json::array({{{row}}}); }})"
                return f'[&] {{ auto& taken = kept[text(step, "as")] = {call}; return {self.of_taken(listed)}; }}()'
            return f"answer_rows({call}, [](const auto& row) {{ return json::array({{{row}}}); }})"
        if isinstance(answers, str) and answers in LEASED:
            return f'leased(held, step, "{LEASED[answers]}", {call})'
        if answers == "record":
            return self.record(op, call)
        if answers == "said":
            return call
        if answers == "bytes":
            return f"answer_bytes(step, {call})"
        if answers == "copied":
            return self.copied(op, call)
        if op.into:
            return self.into(op, call)
        if op.answers == "stats":
            return self.stats(op)
        if op.answers == "permit":
            return f'take(held, step, {call}, "{op.outcome}")'
        if op.answers in ("ticket", "ticket_named"):
            out = op.function.outs[0].name
            index = f"[&](const auto& ticket) {{ return {self.named(op, f'ticket.{out}()')}; }}"
            return f"take_ticket(held, step, {call}, {index})"
        if op.answers == "named":
            return self.named(op, f"{call}.value_or(OG_NONE)", True)
        if op.answers == "made":
            return f"made(held, step, {call})"
        if op.answers == "lines":
            return f"lines(step, {call})"
        if op.answers == "done":
            return f'({call}, "ok")'
        if op.answers == "enum":
            return f"word_of(k{op.function.facts['enum']}, {call})"
        return f"answer_{op.answers}({call})"

    def listed(self, op, type_, call, spell):
        return (
            f"answer_each<{type_}>([&]([[maybe_unused]] auto& all) {{ return {call}; }}, {spell})"
        )

    def rows(self, op, call):
        row = ", ".join(f"plain(row.{field})" for field in op.answers)
        return (
            f"[&] {{ json all = json::array(); {op.facts[f'{self.column}_type']} row; Status status; "
            f"while ((status = {call}) == Status::{self.ok}) all.push_back(json::array({{{row}}})); "
            f'return json{{{{"rows", all}}, {{"{op.until}", word(status)}}}}; }}()'
        )

    def many(self, op, call):
        (name, kind), whole = op.each_field, next(iter(op.answers))
        return (
            f"[&] {{ {op.facts['cpp_type']} all; const auto result = {call}; json list = json::array(); "
            f"for (std::size_t i = 0; i < all.size(); ++i) "
            f"list.push_back(answer([&] {{ return answer_{kind}(all[i]); }})); "
            f'return json{{{{"{whole}", result}}, {{"{name}", list}}}}; }}()'
        )

    def fields(self, op, call):
        rows = (
            f'{{"{name}", {self.field(kind, enum, f"said.{member}")}}}'
            for name, kind, enum, member in op.fields(self.column)
        )
        return f"[&] {{ const auto said = {call}; return json{{{', '.join(rows)}}}; }}()"

    def field(self, kind, enum, value):
        if kind == "enum":
            return f"word_of(k{enum}, {value})"
        return f"or_null({value})" if kind == "value" else f"answer_{kind}({value})"

    def of_taken(self, rows):
        return f"taken ? {rows} : json::array()"

    def copied(self, op, call):
        room = next(a for a in op.arguments if a.name.endswith("capacity"))
        seen = 'json{{"size", size}, {"bytes", out.substr(0, static_cast<std::size_t>(size))}}'
        return (
            f"[&] {{ std::string out(static_cast<std::size_t>({self.argument(op, room)}), '\\0'); "
            f"const std::int64_t size = {call}; "
            f"return size < 0 ? word(static_cast<Status>(size)) : {seen}; }}()"
        )

    def record(self, op, call):
        rows = []
        for f in op.recorded():
            value = f"said.{f.verb}()"
            spelled = (
                f"word_of(k{f.facts['enum']}, {value})" if f.gives == "enum" else f"plain({value})"
            )
            rows.append(f'{{"{f.verb}", {spelled}}}')
        return f"answer_record({call}, [](const auto& said) -> json {{ return {{{', '.join(rows)}}}; }})"

    def into(self, op, call):
        return f'({op.into} = {call}, "ok")'

    def named(self, op, index, always=False):
        if always or op.answers == "ticket_named":
            return f"named({self.receiver('endpoints')}, {index})"
        return f"answer_index({index})"

    def stats(self, op):
        noun, enum = self.receiver(op.on), op.function.facts["enum"]
        rows = ", ".join(
            f'{{"{word}", {noun}{self.of}stat({enum}::{self.enumerator(word)})}}'
            for word in op.facts["which"]
        )
        return f"json{{{rows}}}"

    def receiver(self, noun):
        return noun

    def call(self, op):
        plain, timed = op.method(self.column, lambda name: name)
        arguments = {a.name: self.argument(op, a) for a in op.arguments}
        noun = self.receiver(op.on)
        if "(" in plain:
            return plain.format(noun=noun, now=self.now(), step="step", **arguments)
        held = [a.name for a in op.arguments if a.kind == "held"]
        if held and self.column == "cpp":
            noun = f"{noun}.adopt({arguments.pop(held[0])})"
        given = [given for given in arguments.values() if given] + ["all"] * bool(op.each)
        plainly = f"{noun}{self.of}{plain}({', '.join(given)})"
        if not op.time:
            return plainly
        at = f"{noun}{self.of}{timed}({', '.join([*given, self.now()])})"
        return at if op.time == "always" else f"given(step) ? {at} : {plainly}"

    def now(self):
        return "time_of(now)"

    def argument(self, op, a):
        default = literal(a.default)
        member = f'step, "{a.member}"'
        if a.kind == "config":
            return f'options_of(step.at("{a.member}"))'
        if a.kind in ("bytes", "text"):
            return f"text({member}{'' if a.default in (None, '') else ', ' + default})"
        if a.kind == "held":
            return f"held_in(held, {member})"
        if a.kind == "raw":
            return f"raw({member})"
        if a.kind == "many":
            return f"Keys(raws({member}))"
        if a.kind == "array":
            return f"wholes({member})"
        if a.kind in ("counted", "left_out"):
            return ""
        if a.kind == "shards":
            return f"shards({member})"
        if a.kind == "kept":
            return f"text({member})"
        if a.kind == "taken":
            return f"kept.at(text({member}))"
        if a.kind == "ended":
            return f'text({member}) == "ok"'
        if a.kind == "writes":
            return f"writes({member})"
        if a.kind == "spaced":
            return f"spaced({member}, {self.time})"
        if a.kind == "reals":
            return f"reals({member})"
        if a.kind == "noun":
            return a.member
        if a.kind == "word":
            return f"value_of(k{a.enum}, text({member}))"
        if a.kind == "find":
            return self.find(a)
        if a.kind == "stat":
            enum = op.function.facts["enum"]
            return f'value_of(k{enum}, step.at("{a.member}"))'
        if a.kind in ("duration", "ttl"):
            return self.duration(a)
        if a.kind == "real":
            return f"real({member})"
        return f"{a.kind}({member}{'' if a.default is None else ', ' + default})"

    def find(self, a):
        return f'endpoints.find(text(step, "{a.member}")).value_or(OG_NONE)'

    def duration(self, a):
        return f'ms_of(step, "{a.member}", {"kDefaultTtl" if a.kind == "ttl" else "Duration()"})'
