# SPDX-License-Identifier: Apache-2.0
"""The drivers of C++: over outgrow.hpp (Cpp), and over the core's own classes (Core)."""

import json

import nouns
from wording import pascal

HEADER = """// Generated from capi/nouns/{name}.toml.
#pragma once

#include {include}

#include "tests/conformance/{shared}.h"

namespace {space} {{

struct {cls} : Driver {{
  explicit {cls}(const Setup& setup);
  json step(const json& step, std::int64_t now) override;
{by_hand}
{members}
  Held held = {{}};
  struct Own;
  std::shared_ptr<Own> own = {{}};
}};

}}  // namespace {space}
"""

SOURCE = """// Generated from capi/nouns/{name}.toml.
#include "{name}_driver.h"

namespace {space} {{

{opened}json {cls}::step(const json& step, std::int64_t now) {{
{tables}  (void)now;
  const std::string op = step.at("op");
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
    of = "."

    def emit(self, drivers):
        self.drivers = {d.name: d for d in drivers}
        for driver in drivers:
            said = {
                "name": driver.name,
                "cls": pascal(driver.name) + "Driver",
                "shared": self.shared,
                "space": self.space,
            }
            by_hand = [op.name for op in driver.ops if op.by_hand(self.column)]
            by_hand = "".join(
                f"  json {op}(const json& step, std::int64_t now);\n" for op in by_hand
            )
            members = [f"  {self.member(driver, name)}" for name in (*driver.over, driver.name)]
            yield (
                f"{driver.name}_driver.h",
                HEADER.format(
                    **said,
                    include=self.include(driver),
                    by_hand=by_hand and f"  // In tests/conformance/{self.column}.\n{by_hand}",
                    members="\n".join(members),
                ),
            )
            yield (
                f"{driver.name}_driver.cpp",
                SOURCE.format(
                    **said,
                    tables="".join(self.table(*enum) for enum in driver.enums().items()),
                    opened="" if driver.opened_by_hand(self.column) else self.opened(driver),
                    ops="\n".join(self.op(op) for op in driver.ops),
                ),
            )

    # ---- the noun ----

    def include(self, driver):
        return "<outgrow.hpp>"

    def member(self, driver, noun):
        return f"{driver.class_of(noun, 'cpp', nouns.load()[noun].cls)} {noun};"

    def opened(self, driver):
        cls = pascal(driver.name) + "Driver"
        make = f"make_noun<{driver.noun.cls}>(setup)"
        return f"{cls}::{cls}(const Setup& setup) : {driver.name}({make}) {{}}\n\n"

    def table(self, enum, words):
        rows = ", ".join(f'{{"{word}", {enum}::{self.enumerator(word)}}}' for word in words)
        return f"  static const Words<{enum}> k{enum}{{{rows}}};\n"

    def enumerator(self, word):
        return word + "_" if word in ("delete",) else word

    # ---- an operation ----

    def op(self, op):
        if op.by_hand(self.column):
            return f'  if (op == "{op.name}") return {op.name}(step, now);'
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
        call = self.call(op)
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
        given = list(arguments.values())
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
        if a.kind in ("bytes", "text"):
            return f"text({member}{'' if a.default in (None, '') else ', ' + default})"
        if a.kind == "held":
            return f"held_in(held, {member})"
        if a.kind == "hex":
            return f"hexed({member})"
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


class Core(Cpp):
    """Its classes are not those of outgrow.hpp, nor their errors: Result and Status, no exceptions."""

    column, shared, space = "core", "answers_core", "og::conformance"
    of = "->"

    def include(self, driver):
        return f'"{driver.facts["core"]["header"]}"'

    def member(self, driver, noun):
        core = driver.class_of(noun, "core", None)
        return f"std::shared_ptr<{core if isinstance(core, str) else core['class']}> {noun};"

    def opened(self, driver):
        cls, given = pascal(driver.name) + "Driver", ["setup.config"]
        given += ["setup.clock"] if "clock" in driver.takes else []
        given += ["setup.place"] if "scope" in driver.takes else []
        core = driver.facts["core"]
        make = f"{core.get('make', core['class'] + '::create')}({', '.join(given)})"
        return f"{cls}::{cls}(const Setup& setup) : {driver.name}(must({make})) {{}}\n\n"

    def table(self, enum, words):
        rows = ", ".join(f'"{word}"' for word in words)
        return f"  static const std::vector<std::string> k{enum}{{{rows}}};\n"

    def guarded(self, op, answer):
        return answer

    def answered(self, op):
        call = self.call(op)
        fails = "" if op.fails == "invalid" else f"_or_{op.fails}"
        if op.answers in ("ticket", "ticket_named"):
            spelled = self.named(op, "index")
            return (
                f"[&] {{ int32_t index = 0; int64_t ticket = {call}; return take_ticket(held, step, "
                f"ticket, {spelled}); }}()"
            )
        if op.answers == "permit":
            return f'take(held, step, {call}, "{op.outcome}")'
        if op.answers == "named":
            return self.named(op, call, True)
        if op.answers in ("made", "lines"):
            return f"{op.answers}({'held, ' if op.answers == 'made' else ''}step, {call})"
        if op.answers == "enum":
            return f"word_of(k{op.function.facts['enum']}, {call})"
        if op.answers == "done":  # some give nothing
            return f"answer_done{fails}([&] {{ return {call}; }})"
        return f"answer_{op.answers}{fails}({call})"

    def named(self, op, index, always=False):
        if always or op.answers == "ticket_named":
            return f"named(*endpoints, {index})"
        return f"answer_index({index})"

    def now(self):
        return "now"

    def call(self, op):
        if op.answers in ("ticket", "ticket_named"):
            arguments = [self.argument(op, a) for a in op.arguments]
            return f"{op.on}->{op.function.verb}({', '.join([*arguments, '&index'])})"
        return super().call(op)

    def find(self, a):
        return f'endpoints->find(text(step, "{a.member}"))'

    def duration(self, a):
        if a.kind == "ttl":
            return "ttl_in(step)"
        return f"whole(step, \"{a.member}\") * 1'000'000"
