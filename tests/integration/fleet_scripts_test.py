# SPDX-License-Identifier: Apache-2.0
"""Each script of core/fleet stands beside the SHA-1 of its text; --fix writes it.

    fleet_scripts_test.py SOURCE_FOLDER [--fix]

A file of scripts has what all of them begin with, then each one's own text, then each one's SHA-1.
Where there is one script, it has that one's text alone.
"""

import hashlib
import pathlib
import re
import sys

SHA = re.compile(r'"([0-9a-f]{40}|SHA)"')


def main(root, fix):
    wrong = []
    files = sorted(pathlib.Path(root, "core/fleet").glob("*_scripts.cpp"))
    assert files, "no scripts found"
    for path in files:
        text = path.read_text()
        begin, *own = re.findall(r'R"\((.*?)\)"', text, re.S)
        if not own:
            begin, own = "", [begin]
        wanted = [hashlib.sha1((begin + one).encode()).hexdigest() for one in own]
        if SHA.findall(text) == wanted:
            continue
        wrong.append(path.name)
        if fix:
            each = iter(wanted)
            path.write_text(SHA.sub(lambda _: f'"{next(each)}"', text))
    if wrong and not fix:
        sys.exit(f"the SHA-1 of a script is another one in {', '.join(wrong)}: run with --fix")


main(sys.argv[1], "--fix" in sys.argv[2:])
