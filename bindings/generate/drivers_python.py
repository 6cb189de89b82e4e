# SPDX-License-Identifier: Apache-2.0
"""The drivers of Python, over the package outgrow."""

import json

SOURCE = """# Generated from capi/nouns/{name}.toml.
import answers
import outgrow
{own}

class Driver:
    def __init__(self, setup, options, clock):
        self.held = {{}}
        {opened}

    def step(self, step, now_ns):
        op = step["op"]
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
                    own=f"import {driver.name} as own\n" if driver.by_hand("python") else "",
                    opened=_opened(driver),
                    ops="\n".join(map(self.op, driver.ops)),
                ),
            )

    def op(self, op):
        if op.by_hand("python"):
            answer = f"own.{op.name}(self, step, now_ns)"
        else:
            answer = self.answered(op)
            how = "asked" if op.fails == "invalid" else f"or_{op.fails}"
            answer = f"answers.{how}(lambda: {answer})"
        return f'        if op == "{op.name}":\n            return {answer}'

    def answered(self, op):
        kind = op.answers_in("python")
        if kind == "stats":
            which = ", ".join(f'"{word}"' for word in op.facts["which"])
            return f"answers.chosen(self.{op.on}.stats, {which})"
        if kind == "count" and any(a.kind == "stat" for a in op.arguments):
            return f'self.{op.on}.stats[step["{op.arguments[0].member}"]]'
        call = _call(op)
        if isinstance(kind, dict):
            rows = (
                f'"{name}": answers.{how}(said.{name}{"_ns" if how in ("wait", "duration") else ""})'
                for name, how in kind.items()
            )
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
    if driver.opened_by_hand("python"):
        return "own.opened(self, setup, options, clock)"
    clock = "clock=clock, " if "clock" in driver.takes else ""
    return f"self.{driver.name} = outgrow.{driver.noun.cls}({clock}**options)"


def _call(op):
    plain = op.method("python", lambda name: name)[0]
    arguments = {a.name: _argument(a) for a in op.arguments}
    noun = f"self.{op.on}"
    if "(" in plain:
        return plain.format(noun=noun, now="now_ns", **arguments)
    at = {"given": ["**at"], "always": ["now_ns=now_ns"]}.get(op.time, [])
    return f"answers.called({', '.join([f'{noun}.{plain}', *arguments.values(), *at])})"


def _argument(a):
    if a.kind == "held":
        return f'self.held.get(step.get("{a.member}", ""), 0)'
    if a.kind == "find":
        return f'answers.index_of(self.endpoints, step["{a.member}"])'
    if a.kind == "duration":
        return f'step.get("{a.member}", 0) / 1000'
    if a.kind == "ttl":
        return "answers.ttl(step)"
    if a.kind == "hex":
        return f'answers.hexed(step, "{a.member}")'
    if a.kind == "real":
        return f'step.get("{a.member}")'
    if a.name == "value":
        return f'step["{a.member}"].encode()'
    if a.kind in ("bytes", "text"):
        return f'step.get("{a.member}", {json.dumps(a.default or "")})'
    if a.default is None:
        return f'step["{a.member}"]'
    return f'step.get("{a.member}", {a.default!r})'
