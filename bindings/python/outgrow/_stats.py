# SPDX-License-Identifier: Apache-2.0
"""A noun's numbers as a dict that reads them anew each time."""

from collections.abc import Mapping


class Stats(Mapping):
    """Numbers by name, such as stats["hits"]; dict(stats) is a copy."""

    __slots__ = ("_noun", "_which")

    def __init__(self, noun, which):
        self._noun, self._which = noun, which

    def __getitem__(self, name):
        try:
            which = self._which[name.upper()]
        except (KeyError, AttributeError):
            raise KeyError(name) from None
        return self._noun.stat(which)

    def __iter__(self):
        return (which.name.lower() for which in self._which)

    def __len__(self):
        return len(self._which)

    def __repr__(self):
        return f"Stats({dict(self)})"
