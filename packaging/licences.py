# SPDX-License-Identifier: Apache-2.0
"""licences.py PART...: the notices of what others wrote and PARTs of a package carry, as one text. A part is
`library`, `command` or `python`, or one of the first two `self-contained`, which is linked with what else it would ask
of the system.

packaging/licences has a file each: its name, who carries it, by which headers its use is seen, and the notice."""

import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent / "licences"
PARTS = ("library", "command", "python", "self-contained library", "self-contained command")


class Notice:
    def __init__(self, path):
        head, self.text = path.read_text().split("\n\n", 1)
        self.name, carried, headers = head.split("\n")
        self.file = path.name
        self.carried = carried.removeprefix("Carried by: ").split(", ")
        self.headers = headers.removeprefix("Headers:").split()
        assert set(self.carried) <= set(PARTS), f"{path.name}: {carried}"


def carried(*parts):
    """What any of these parts carries."""
    for part in parts:
        assert part in PARTS, f"no part {part!r}: {', '.join(PARTS)}"
    notices = [Notice(path) for path in sorted(FOLDER.glob("*.txt"))]
    return [notice for notice in notices if not set(parts).isdisjoint(notice.carried)]


def text(*parts):
    line = "\n" + "-" * 78 + "\n"
    return "This has in it, beside its own code:\n" + "".join(
        f"{line}{notice.name}\n\n{notice.text}" for notice in carried(*parts)
    )


if __name__ == "__main__":
    sys.stdout.write(text(*sys.argv[1:]))
