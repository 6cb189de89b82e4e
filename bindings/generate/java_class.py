# SPDX-License-Identifier: Apache-2.0
"""The class of a noun: what every noun has, made from its description, and what is Java's own idiom, which is
written by hand. That part has the class's name and lies in src/main/idiom: the members of one class, which
javac is given whole. A noun needs no such part."""

import re

import java_docs
import nouns
from java_builder import Builder, article
from java_calls import Calls
from java_layout import comment
from java_names import MARK, PACKAGE, SOURCES, javadoc, noun, raw, source
from description import ROOT

IDIOM = f"bindings/java/src/main/idiom/{PACKAGE}"
NEEDED = {
    "Constants": "io.github.outgrow.raw.Constants",
    "Collection": "java.util.Collection",
    "Duration": "java.time.Duration",
    "List": "java.util.List",
    "Objects": "java.util.Objects",
    "Optional": "java.util.Optional",
    "OptionalDouble": "java.util.OptionalDouble",
    "OptionalLong": "java.util.OptionalLong",
    "PackedBytes": "io.github.outgrow.raw.PackedBytes",
}


class Idiom:
    """The part of a class that is written by hand."""

    def __init__(self, text):
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


def emit(description):
    for of in nouns.load().values():
        if "java" not in of.facts.get("by_hand", ()) and "." not in noun(of.name):
            yield f"{SOURCES}/{noun(of.name)}.java", Class(description, of).text()


class Class:
    def __init__(self, description, of):
        self.noun = of
        self.name = noun(of.name)
        self.options = [o for n in description.nouns if n.name == of.name for o in n.options]
        self.outcomes = {c.name: c.doc for c in description.enum("OG_OK")}
        hand = ROOT / IDIOM / f"{self.name}.java"
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
        body += self.calls + nested
        if self.noun.creator("create"):
            body += Builder(self.noun, inner(builder)).lines()
        else:
            body += builder
        while body and not body[-1]:
            body.pop()
        text = "\n".join(body)
        head = hand.head if hand else self.head()
        imports = sorted({*(hand.imports if hand else ()), *self.imports(text)})
        static = [f"import {name};" for name in imports if name.startswith("static ")]
        plain = [f"import {name};" for name in imports if not name.startswith("static ")]
        marked = (
            "capi/nouns, the headers and src/main/idiom" if hand else "capi/nouns and the headers"
        )
        return source(
            "// SPDX-License-Identifier: Apache-2.0",
            f"// {MARK.format(marked)}",
            "package io.github.outgrow;",
            "",
            *static,
            *[""] * bool(static),
            *plain,
            *[""] * bool(plain),
            *head,
            text,
            "}",
        )

    def nested(self, outer):
        """Nouns whose class lies in this one: Gather.Query."""
        lines = []
        for of in nouns.load().values():
            if noun(of.name).startswith(f"{self.name}."):
                hand = self.idiom.cut(noun(of.name).split(".")[1])
                calls = Calls(of, "    ").all()
                known = outer | members(hand + calls, "    ")
                lines += [*hand[:-1], "", *linked(calls, known)]
                lines[-1] = "  }"
                lines.append("")
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
                    found[word] = f"In place of a permit: {self.when(function, outcome)}."
            if function.gives in ("wait", "duration") and "OG_NEVER" in function.returns:
                found["NEVER"] = "A time without an end."
            if function.gives == "index" and not function.facts.get("java_check"):
                if "OG_NONE" in function.returns:
                    found["NONE"] = "In place of an index: there is none."
                if "OG_LAPSED" in function.returns:
                    found["LAPSED"] = "In place of an index: what it was asked of no longer stands."
        return found

    def when(self, function, outcome):
        """When it is the answer, by the function's comment, else by the outcome's."""
        said = re.search(rf"`{outcome}` (?:when|while) ([^;]*?)\.?(?:;|$)", function.returns)
        if not said:
            return javadoc(self.outcomes[outcome])
        return java_docs.prose(self.noun, function, said[1])

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
            must = [f"{{@code {o.name}}}" for o in self.options if o.default is None]
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

    def imports(self, text):
        used = {path for name, path in NEEDED.items() if re.search(rf"\b{name}\b", text)}
        raws = {f"io.github.outgrow.raw.{name}" for name in re.findall(r"\bRaw[A-Z]\w*", text)}
        return used | raws


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
