# SPDX-License-Identifier: Apache-2.0
"""The documentation of the headers in Python's words: constants as enum members, verbs as methods, outcomes as what the
method gives in their place."""

import re
import textwrap

WIDTH = 92  # of a docstring's text, inside a method of a class
SAYS_LITTLE = 3  # words: "a count." after "How many ..." repeats it


class Words:
    """Spells the text of one noun. `enums` is {prefix: class}, `methods` {verb: method}, `parameters` {C name: name}."""

    def __init__(self, enums, methods, parameters):
        self._enums, self._methods, self._parameters = enums, methods, parameters

    def constant(self, name):
        """ "BreakerState.OPEN" for OG_BREAKER_OPEN"""
        for prefix, (cls, members) in self._enums.items():
            if name.removeprefix(prefix) in members and name.startswith(prefix):
                return f"{cls}.{name.removeprefix(prefix)}"
        return name.removeprefix("OG_")

    def _code(self, word, instead):
        if word in instead:
            return instead[word]
        if word.startswith("OG_"):
            return self.constant(word)
        return f"`{self._methods.get(word, self._parameters.get(word, word))}`"

    def spell(self, text, instead=None):
        """`instead` is what stands in the place of a constant."""
        return re.sub(r"`(\w+)`", lambda found: self._code(found[1], instead or {}), text)

    def _returned(self, text, instead):
        """What a function returns; there `instead` has other words too."""
        text = self.spell(text, instead)
        for word, own in (instead or {}).items():
            if not word.startswith("OG_"):
                text = re.sub(rf"(?<![\w.]){word}(?!\w|\.\d)(?!, )", own, text)
        return text

    def method(self, function, instead, returns, parameters, more):
        """The docstring of a method: what it does, what it returns, its arguments."""
        parts = [self.spell(paragraph, instead) for paragraph in function.doc]
        said = function.returns if returns is None else returns
        if said and (returns or re.search(r";|\..", said) or len(said.split()) > SAYS_LITTLE):
            parts.append("Returns " + self._returned(said, instead))
        if more:
            parts.append(more)
        lines = [line for part in parts for line in ("", *wrapped(part))][1:]
        documented = [(p.name, self.spell(p.doc)) for p in parameters if p.doc]
        if documented:
            lines += ["", "Args:"]
            for name, doc in documented:
                lines += wrapped(f"{name}: {doc}", "    ", "        ")
        return "\n".join(lines)

    def attribute(self, function, instead):
        """The docstring of a property: what it is, and what None stands for."""
        said = function.returns
        more = said.partition(";")[2].strip() or (said if "NaN" in said else "")
        text = " ".join(
            [*(self.spell(part, instead) for part in function.doc), self._returned(more, instead)]
        )
        return "\n".join(wrapped(text.strip()))


def wrapped(text, first="", later=""):
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=later, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
