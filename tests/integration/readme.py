# SPDX-License-Identifier: Apache-2.0
"""What README shows."""

import pathlib
import re

README = pathlib.Path(__file__).parents[2] / "README.md"


def quickstart(language):
    """The first program in the language, and the text beneath it: what it prints."""
    return re.search(
        rf"```{language}\n(.*?)```\n\n```text\n(.*?)```", README.read_text(), re.S
    ).groups()
