# SPDX-License-Identifier: Apache-2.0
"""The class of a noun: what every noun has, made from its description, and what is Java's own idiom, which is
written by hand. That part has the class's name and lies in src/main/idiom. Each build puts both together
(built_java.py), so that neither stands twice in the repository. A noun needs no part by hand."""

import re

import emit_reference
import java_docs
import java_outcomes
import java_record
import nouns
from java_builder import Builder, article
from java_calls import Calls
from java_layout import comment
from java_names import PACKAGE, javadoc, noun, raw, source
from description import ROOT, enums_of

IDIOM = ROOT / "bindings/java/src/main/idiom" / PACKAGE
MARK = "Made by each build from {0}. Not edited."
NEEDED = {
    "Constants": "io.github.outgrow.raw.Constants",
    "Collection": "java.util.Collection",
    "Consumer": "java.util.function.Consumer",
    "Duration": "java.time.Duration",
    "List": "java.util.List",
    "Objects": "java.util.Objects",
    "Optional": "java.util.Optional",
    "OptionalDouble": "java.util.OptionalDouble",
    "OptionalInt": "java.util.OptionalInt",
    "PackedBytes": "io.github.outgrow.raw.PackedBytes",
}


class Idiom:
    """The part of a class that is written by hand."""

    def __init__(self, text):
        text = re.sub(r" \{\}\n\Z", " {\n}\n", text)  # of a class that has its documentation alone
        self.imports = re.findall(r"^import (.*);$", text, re.M)
        self.head = re.search(r"^/\*\*.*?^public [^{]*\{$", text, re.M | re.S)[0].split("\n")
        body = text[text.index("\n".join(self.head)) + len("\n".join(self.head)) + 1 :]
        self.body = body.rstrip()[:-1].rstrip("\n").split("\n")
        while self.body and not self.body[0]:
            self.body.pop(0)

    def cut(self, nested):
        """Takes a nested class out of the body: its lines, documentation and all; [] for none."""
        for start, line in enumerate(self.body):
            if re.match(rf"  (public |private |static |final )*class {nested}\b", line):
                end = self.body.index("  }", start)
                while start and re.match(r"  (/\*\*| \*|@)", self.body[start - 1]):
                    start -= 1
                found = self.body[start : end + 1]
                del self.body[start : end + 2]
                return found
        return []

    def fields(self):
        """Takes the constants and fields at the head of the body."""
        end, at = 0, 0
        while at < len(self.body):
            line = self.body[at]
            if line.endswith((";", "{};")) and not line.startswith("   "):
                end = at + 1
            elif line and not re.match(r"  (/\*\*| \*)", line) and not line.endswith(("=", ",")):
                if not line.startswith("      "):
                    break
            at += 1
        found = self.body[:end]
        self.body = self.body[end:]
        while self.body and not self.body[0]:
            self.body.pop(0)
        return found


def emit():
    """Pairs of a path below a folder of sources, and the class."""
    must = emit_reference.must_be_given()
    for of in nouns.load().values():
        if "java" not in of.facts.get("by_hand", ()) and "." not in noun(of.name):
            made = Record(of) if of.facts.get("record") else Class(of, must.get(of.name, ()))
            yield f"{PACKAGE}/{noun(of.name)}.java", made.text()


def file(sources, imports, lines):
    """The text of a file. `sources`: what it is made from."""
    static = [f"import {name};" for name in imports if name.startswith("static ")]
    plain = [f"import {name};" for name in imports if not name.startswith("static ")]
    return source(
        "// SPDX-License-Identifier: Apache-2.0",
        f"// {MARK.format(sources)}",
        "package io.github.outgrow;",
        "",
        *static,
        *[""] * bool(static),
        *plain,
        *[""] * bool(plain),
        *lines,
    )


def needed(text):
    """What it must import."""
    used = {path for name, path in NEEDED.items() if re.search(rf"\b{name}\b", text)}
    raws = {f"io.github.outgrow.raw.{name}" for name in re.findall(r"\bRaw[A-Z]\w*", text)}
    return used | raws


class Record:
    def __init__(self, of):
        self.lines = java_record.lines(of)

    def text(self):
        imports = sorted(needed("\n".join(self.lines)))
        return file("capi/nouns and the headers", imports, self.lines)


class Class:
    def __init__(self, of, must):
        self.noun = of
        self.name = noun(of.name)
        self.must = must  # the names of the options that have no default
        base = (nouns.HEADERS / "base.h").read_text()
        self.outcomes = {c.name: c.doc for enum in enums_of(base) for c in enum}
        hand = IDIOM / f"{self.name}.java"
        self.idiom = Idiom(hand.read_text()) if hand.exists() else None

    def text(self):
        hand = self.idiom
        builder = hand.cut("Builder") if hand else []
        known = self.members(hand.body if hand else [])
        self.calls = linked(Calls(self.noun).all(), known)
        nested = self.nested(known)
        body = hand.fields() if hand else []
        whole = "\n".join(body + (hand.body if hand else []))
        if body:
            body.append("")
        body += self.constants(whole) + self.made(whole)
        if hand and hand.body:
            body += [*hand.body, ""]
        body += self.calls + linked(self.outcome_enums(self.noun, "  "), known) + nested
        body += self.change()
        if self.noun.creator("create"):
            body += Builder(self.noun, inner(builder)).lines()
        else:
            body += builder
        while body and not body[-1]:
            body.pop()
        text = "\n".join(body)
        head = hand.head if hand else self.head()
        imports = sorted({*(hand.imports if hand else ()), *needed(text)})
        sources = (
            "capi/nouns, the headers and src/main/idiom" if hand else "capi/nouns and the headers"
        )
        return file(sources, imports, [*head, text, "}"])

    def change(self):
        """The options of a noun that may change, where a function takes them."""
        if all(p.kind != "config" for f in self.noun.functions for p in f.given):
            return []
        head = f"  private static final class Change extends {self.name}Options<Change>"
        one = f"{head} {{}}"
        return [
            *([one] if len(one) <= 100 else [head.replace(" extends", "\n      extends") + " {}"]),
            "",
        ]

    def nested(self, outer):
        """Nouns whose class lies in this one: Gather.Query."""
        lines = []
        for of in nouns.load().values():
            if noun(of.name).startswith(f"{self.name}."):
                hand = self.idiom.cut(noun(of.name).split(".")[1])
                calls = Calls(of, "    ").all() + self.outcome_enums(of, "    ")
                known = outer | members(hand + calls, "    ")
                lines += [*hand[:-1], "", *linked(calls, known)]
                lines[-1] = "  }"
                lines.append("")
        return lines

    def outcome_enums(self, of, indent):
        lines = []
        for name, function in java_outcomes.named(of.functions).items():

            def when(outcome, of=of, function=function):
                return self.when(of, function, outcome)

            lines += java_outcomes.lines(name, function, when, indent)
        return lines

    def members(self, hand):
        """The names that its documentation can link to."""
        return members(hand + Calls(self.noun).all(), "  ") | set(self.values())

    def head(self):
        what = self.noun.what
        at = any(f.at for f in self.noun.functions)
        rest = "Methods ending in {@code At} are given the time of its clock in ns. " if at else ""
        return [
            *comment("", [what, f"{rest}Safe from every thread."]),
            f"public final class {self.name} extends NativeResource {{",
        ]

    def values(self):
        """What its numbers can be instead: the name of each, and what it says."""
        found = {}
        of = [
            self.noun,
            *(n for n in nouns.load().values() if noun(n.name).startswith(f"{self.name}.")),
        ]
        for function in (f for n in of for f in n.functions):
            if function.by_hand("java") or function.outs:
                continue
            if function.gives == "permit":
                for outcome in function.facts.get("outcomes", ()):
                    word = outcome.removeprefix("OG_")
                    when = self.when(self.noun, function, outcome)
                    found[word] = f"In place of a permit: {when}."
            if function.gives in ("wait", "duration") and "OG_NEVER" in function.returns:
                found["NEVER"] = "A time without an end."
            if function.gives == "index" and not function.facts.get("java_check"):
                if "OG_NONE" in function.returns:
                    found["NONE"] = "In place of an index: there is none."
                if "OG_LAPSED" in function.returns:
                    found["LAPSED"] = "In place of an index: what it was asked of no longer stands."
        return found

    def when(self, of, function, outcome):
        """When it is the answer, by the function's comment, else by the outcome's."""
        said = re.search(rf"`{outcome}` (?:when|while) ([^;]*?)\.?(?:;|$)", function.returns)
        if not said:
            return javadoc(self.outcomes[outcome])
        return java_docs.prose(of, function, said[1])

    def constants(self, hand):
        lines = []
        for word, doc in self.values().items():
            if f" {word} =" not in hand:
                kind = "int" if word in ("NONE", "LAPSED") else "long"
                lines += [
                    *comment("  ", [doc]),
                    f"  public static final {kind} {word} = Constants.OG_{word};",
                    "",
                ]
        return lines

    def made(self, hand):
        """The handle, the constructor and `builder`."""
        handle, lines = raw(self.noun.name), []
        if not re.search(rf"^  final {handle} raw;", hand, re.M):
            lines += [f"  final {handle} raw;", ""]
        if not re.search(rf"^  (private )?{self.name}\(", hand, re.M):
            lines += [
                f"  {self.name}({handle} raw) {{",
                "    super(raw);",
                "    this.raw = raw;",
                "  }",
                "",
            ]
        if self.noun.creator("create") and not re.search(
            r"^  public static .*\bbuilder\(", hand, re.M
        ):
            must = [f"{{@code {name}}}" for name in self.must]
            first = f"Starts to make {'one' if article(self.name) else 'them'}" + (
                f"; {' and '.join(must)} must be given." if must else "."
            )
            lines += [
                *comment("  ", [first], [("@return", "a builder")]),
                "  public static Builder builder() {",
                "    return new Builder();",
                "  }",
                "",
            ]
        return lines


def inner(builder):
    """The lines between the braces of a class."""
    start = next((i for i, line in enumerate(builder) if line.endswith("{")), None)
    return [] if start is None else builder[start + 1 : -1]


def linked(lines, known):
    return java_docs.resolved("\n".join(lines), known).split("\n")


def members(lines, indent):
    """The names of the methods and constants at this depth."""
    text = "\n".join(lines)
    return set(re.findall(rf"^{indent}public [^=]*?\b(\w+)(?:\(| =)", text, re.M))
