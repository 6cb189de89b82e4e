# SPDX-License-Identifier: Apache-2.0
"""What README shows."""

import math
import pathlib
import re

README = pathlib.Path(__file__).parents[2] / "README.md"


def quickstart(language):
    """The first program in the language, and the text beneath it: what it prints."""
    return re.search(
        rf"```{language}\n(.*?)```\n\n```text\n(.*?)```", README.read_text(), re.S
    ).groups()


def as_shown(printed):
    """What it printed on a machine that took its time: waits in the whole seconds that README has."""
    return re.sub(r"in ([0-9.]+) ?s\b", lambda wait: f"in {math.ceil(float(wait[1]))} s", printed)
