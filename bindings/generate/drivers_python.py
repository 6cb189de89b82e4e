# SPDX-License-Identifier: Apache-2.0
"""The drivers of Python, over the package outgrow."""

import json
import keyword

import operations
import vectors

SOURCE = """# Generated from capi/nouns/{name}.toml.
import answers
import by_hand
import outgrow
{told}

class Driver:
    def __init__(self, setup, options, clock):
        self.held = {{}}
{opened}

    def step(self, step, now_ns):
        return self.step_as(step["op"], step, now_ns)

    def step_as(self, op, step, now_ns):
        at = answers.at(step, now_ns)
{ops}
        raise ValueError(f"unknown op {{op}}")
"""


class Python:
    def emit(self, drivers):
        for driver in drivers:
            yield (
                f"{driver.name}_driver.py",
                SOURCE.format(
                    name=driver.name,
                    told="from told_store import ToldStore\n" * driver.has_told(),
                    opened="\n".join(f"        {line}" for line in _opened(driver)),
                    ops="\n".join(map(self.op, driver.ops)),
                ),
            )

    def op(self, op):
        if op.is_told:
            answer = f"self.told_store.{op.name}(step)"
        elif op.is_by_hand:
            answer = f"by_hand.{op.by_hand('python')}(self.{op.noun}, step, now_ns)"
        elif op.asks:
            asks = (f'"{n}": self.step_as("{asked}", step, now_ns)' for n, asked in op.asks.items())
            answer = f"{{{', '.join(asks)}}}"
        else:
            answer = self.guarded(op)
            if op.otherwise("python"):
                member, other = op.other
                answer = f'{self.guarded(other)} if "{member}" in step else {answer}'
        return f'        if op == "{op.name}":\n            return {answer}'

    def guarded(self, op):
        how = "asked" if op.fails == "invalid" else f"or_{op.fails}"
        return f"answers.{how}(lambda: {self.answered(op)})"

    def answered(self, op):
        kind = op.answers_in("python")
        if kind == "stats":
            which = ", ".join(f'"{word}"' for word in op.facts["which"])
            return f"answers.chosen(self.{op.on}.stats, {which})"
        if kind == "count" and any(a.kind == "stat" for a in op.arguments):
            return f'self.{op.on}.stats[step["{op.arguments[0].member}"]]'
        call = _call(op)
        if op.each_field:
            (name, how), whole = op.each_field, next(iter(kind))
            keys = op.arguments[0].member
            names = f'"{whole}", "{name}", len(step["{keys}"])'
            return f"answers.many(lambda: {call}, answers.{how}, {names})"
        if op.each:
            spelled = f"answers.{op.each}"
            if op.each == "named":
                spelled = "lambda index: answers.named(self.endpoints, index)"
            return f"list(map({spelled}, {call}))"
        if op.then:
            return f'answers.of({call}, "{op.then.verb}")'
        if op.until:
            return f'answers.until("{op.until}", {call}, {", ".join(json.dumps(field) for field in kind)})'
        if op.otherwise_word:
            return f'answers.row({call}, "{op.otherwise_word}")'
        if op.keeps:
            return f"answers.keep(self.held, step, {call})"
        if isinstance(kind, list):
            return f"answers.rows({call}, {', '.join(json.dumps(field) for field in kind)})"
        if isinstance(kind, str) and kind in operations.LEASED:
            return f'answers.leased(self.held, step, {call}, "{operations.LEASED[kind]}")'
        if kind == "bytes":
            return f"answers.bytes_of(step, {call})"
        if kind == "copied":
            room = next(_argument(a) for a in op.arguments if a.name.endswith("capacity"))
            return f"answers.copied(out := bytearray({room}), {call})"
        if kind == "record":
            names = ", ".join(
                f'"{f.verb + "_" * keyword.iskeyword(f.verb)}"' for f in op.recorded()
            )
            return f"answers.record({call}, {names})"
        if op.into:
            return f'answers.into(self, "{op.into}", {call})'
        if isinstance(kind, dict):
            rows = []
            for name, how, _, member in op.fields("python"):
                ns = "_ns" if how in ("wait", "duration") else ""
                value = (
                    f"said[{member}]" if member.isdigit() else f"answers.called(said.{member}{ns})"
                )
                how = "text" if how == "value" else how
                rows.append(f'"{name}": answers.{how}({value})')
            return f"(lambda said: {{{', '.join(rows)}}})({call})"
        if kind == "permit":
            return f'answers.permit(self.held, step, {call}, "{op.outcome}")'
        if kind in ("ticket", "ticket_named"):
            spell = "answers.index"
            if kind == "ticket_named":
                spell = "lambda index: answers.named(self.endpoints, index)"
            return f"answers.ticket(self.held, step, {call}, {spell})"
        if kind == "made":
            return f"answers.made(self.held, step, {call})"
        if kind == "lines":
            return f"answers.lines({call}, step)"
        if kind == "named":
            return f"answers.named(self.endpoints, {call})"
        return f"answers.{kind}({call})"


def _opened(driver):
    lines = [f"self.{member} = None" for member in driver.over]
    for member in driver.made_first():
        if driver.told(member):
            lines.append("self.told_store = ToldStore()")
            lines.append(f"self.{member} = self.told_store.{member}(clock)")
        else:
            noun = driver.noun_of(member)
            given = f'setup.get("{member}", {{}})'
            if "scope" in vectors.takes(noun):
                lines.append("place, options = answers.parted(options)")
                given += " | place"
            clock = "clock=clock, " if "clock" in vectors.takes(noun) else ""
            lines.append(f"self.{member} = outgrow.{noun.cls}({clock}**({given}))")
    if driver.made_first():
        lines.append('for step in setup.get("steps", []):')
        lines.append("    self.step(step, 0)")
    given = [f"self.{member}" for member in driver.made_first()]
    if driver.listed():
        given.append(f'answers.raws(setup, "{driver.listed()}")')
    given += ["clock=clock"] * ("clock" in driver.takes) + ["**options"]
    if "scope" in driver.takes and any(line.startswith("place,") for line in lines):
        given.append("**place")
    lines.append(f"self.{driver.name} = outgrow.{driver.noun.cls}({', '.join(given)})")
    return lines + [f"self.{part} = self.{driver.name}.{part}" for part in driver.parts()]


def _call(op):
    plain = op.method("python", lambda name: name)[0]
    arguments = {a.name: _argument(a) for a in op.arguments}
    noun = f"self.{op.on}"
    if "(" in plain:
        return plain.format(noun=noun, now="now_ns", **arguments)
    at = {"given": ["**at"], "always": ["now_ns=now_ns"]}.get(op.time, [])
    given = [given for given in arguments.values() if given]
    return f"answers.called({', '.join([f'{noun}.{plain}', *given, *at])})"


def _argument(a):
    if a.kind == "config":
        return f'**step["{a.member}"]'
    if a.kind == "held":
        return f'self.held.get(step.get("{a.member}", ""), 0)'
    if a.kind == "find":
        return f'answers.index_of(self.endpoints, step["{a.member}"])'
    if a.kind == "duration":
        return f'step.get("{a.member}", 0) / 1000'
    if a.kind == "ttl":
        return "answers.ttl(step)"
    if a.kind == "raw":
        return f'answers.raw(step, "{a.member}")'
    if a.kind in ("counted", "left_out"):
        return ""
    if a.kind == "kept":
        return f'answers.kept_in(step, "{a.member}")'
    if a.kind == "shards":
        return f'step["{a.member}"]'
    if a.kind == "taken":
        return f'self.held[step["{a.member}"]]'
    if a.kind == "ended":
        return f'step["{a.member}"] == "ok"'
    if a.kind in ("writes", "spaced"):
        return f'answers.{a.kind}(step, "{a.member}")'
    if a.kind == "reals":
        return f'step["{a.member}"]'
    if a.kind == "noun":
        return f"self.{a.member}"
    if a.kind == "word":
        return f'answers.member("{operations.enum_in(a.enum, "python")}", step["{a.member}"])'
    if a.kind == "real":
        return f'step.get("{a.member}")'
    if a.name == "value":
        return f'step["{a.member}"].encode()'
    if a.kind in ("bytes", "text"):
        return f'step.get("{a.member}", {json.dumps(a.default or "")})'
    if a.default is None:
        return f'step["{a.member}"]'
    return f'step.get("{a.member}", {a.default!r})'
