# SPDX-License-Identifier: Apache-2.0
"""The builder of a noun: its options (java_options.py), and of what is no option its clock and its scope."""

import re

from java_calls import HANDLE, class_of
from java_layout import comment, method, signature, statement
from java_names import noun, raw

SCOPE = "Makes it in a scope, where it is one and the same in every process that makes it under this name."
THROWS = ("@throws OptionException", "for an option that is unknown, missing or has a bad value")


class Builder:
    def __init__(self, of, by_hand):
        self.noun = of
        self.cls = noun(of.name)
        self.by_hand = by_hand  # the lines of its body that are
        self.create = of.creator("create")
        self.create_in = of.creator("create_in")
        self.clock = next((p for p in self.create.parameters if p.kind == "clock"), None)

    def lines(self):
        hand = "\n".join(self.by_hand)
        lines = [
            f"  /** Makes {article(self.cls)}{{@link {self.cls}}}. */",
            f"  public static final class Builder extends {self.cls}Options<Builder> {{",
        ]
        lines += ["    private Clock clock;"] * bool(self.clock)
        lines += ["    private Place place;"] * bool(self.create_in)
        fields, rest = leading_fields(self.by_hand)
        lines += [line for line in fields if line]
        if lines[-1].endswith(";"):
            lines.append("")
        if not re.search(r"^    (private )?Builder\(", hand, re.M):
            lines += ["    Builder() {}", ""]
        if self.clock and not re.search(r"^    public .*\bclock\(", hand, re.M):
            lines += self.clock_setter()
        if self.create_in:
            lines += self.scope_setter()
        lines += rest
        if rest and rest[-1]:
            lines.append("")
        lines += self.build(by_hand=bool(re.search(r"^    public .*\bbuild\(", hand, re.M)))
        lines[-1] = "  }"
        return lines

    def clock_setter(self):
        whose = self.noun.facts.get("clock", "the system's")
        return method(
            comment(
                "    ",
                [self.clock.doc or f"The clock that it reads; {whose} unless given."],
                [("@param clock", "is kept alive"), ("@return", "this builder")],
            ),
            ["    public Builder clock(Clock clock) {"],
            ["      this.clock = clock;", "      return this;"],
            "    ",
        )

    def scope_setter(self):
        tags = [
            ("@param scope", "where, or null: in this process, which shares it with none"),
            ("@param name", "of at most 99 bytes; without a scope it is for messages"),
            ("@return", "this builder"),
        ]
        return method(
            comment("    ", [SCOPE], tags),
            ["    public Builder scope(Scope scope, String name) {"],
            ["      this.place = Place.of(scope, name);", "      return this;"],
            "    ",
        )

    def others(self):
        """What it is made of besides: [("Endpoints", "endpoints")]."""
        return [
            (class_of(HANDLE.fullmatch(p.c_types[0])[1]), p.name)
            for p in self.create.parameters
            if p.kind == "handle"
        ]

    def build(self, by_hand):
        others = self.others()
        given = [f"{type_} {name}" for type_, name in others]
        if by_hand:
            if "make(" not in "\n".join(self.by_hand):
                return []
            head = signature("    ", f"private {raw(self.noun.name)} make", given)
            return method([], head, self.created("return ", "", ";"), "    ")
        tags = [(f"@param {name}", "what it is made over") for _, name in others]
        tags += [("@return", "it, the caller's to close"), THROWS]
        body = [f'      Objects.requireNonNull({name}, "{name}");' for _, name in others]
        body += self.created("return ", f"new {self.cls}(", ");")
        return method(
            comment("    ", ["Makes it."], tags),
            signature("    ", f"public {self.cls} build", given),
            body,
            "    ",
        )

    def created(self, before, opening, closing):
        call = self.call(self.create)
        if not self.create_in:
            return statement("      ", f"{before}{opening}create(config -> {call}){closing}")
        both = f"place == null ? {call} : {self.call(self.create_in)}"
        one = f"      {before}{opening}create(config -> {both}){closing}"
        if len(one) <= 100:
            return [one]
        indent = "          " if opening else "      "
        head = [f"      {before}{opening}"] if opening else []
        start = f"{indent}create(" if opening else f"{indent}{before}create("
        inner = indent + "    "
        return head + [
            start,
            f"{inner}config ->",
            f"{inner}    place == null",
            *statement(f"{inner}        ", f"? {call}"),
            *statement(f"{inner}        ", f": {self.call(self.create_in)}){closing}"),
        ]

    def call(self, create):
        passed = {
            "config": "config",
            "clock": "Clock.raw(clock)",
            "scope": "place.scope",
            "text": "place.name",
        }
        given = [
            passed.get(p.kind, f"{p.name}.raw")
            for p in create.parameters
            if p.kind not in ("out", "error")
        ]
        name = "create" if create is self.create else "createIn"
        return f"{raw(self.noun.name)}.{name}({', '.join(given)})"


def leading_fields(lines):
    """The fields at the head of a class's body, and the rest."""
    end = 0
    for at, line in enumerate(lines):
        if line.strip() and not re.match(r"\s*(private|final|public|static)[^(]*(=.*)?;$", line):
            break
        end = at + 1
    return lines[:end], lines[end:]


def article(name):
    if name.endswith("s"):
        return ""
    return "an " if name[0] in "AEIOU" else "a "
