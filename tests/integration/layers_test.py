# SPDX-License-Identifier: Apache-2.0
"""layers_test.py ROOT: includes of the core point downwards only. What two families need lies below them."""

import pathlib
import re
import sys

LAYERS = [
    {"base"},
    {"scope"},
    {"fleet"},
    {"balance", "cache", "data", "guard", "limit", "observe", "scale", "stores"},  # the families
    {"service"},
    {"inspect"},
]
LEVEL = {folder: level for level, folders in enumerate(LAYERS) for folder in folders}

core = pathlib.Path(sys.argv[1], "core")
wrong = [
    f"core/{p.name} is in no layer" for p in core.iterdir() if p.is_dir() and p.name not in LEVEL
]
seen = 0
for path in sorted([*core.rglob("*.h"), *core.rglob("*.cpp")]):
    own = path.relative_to(core).parts[0]
    for included in re.findall(r'^#include "([^"]+)"', path.read_text(), re.M):
        where, _, rest = included.partition("/")
        other = rest.partition("/")[0]
        seen += 1
        if where != "core":
            wrong.append(f"{path.relative_to(core.parent)} includes {included}: not of the core")
        elif other != own and LEVEL.get(other, len(LAYERS)) >= LEVEL.get(own, -1):
            wrong.append(
                f"{path.relative_to(core.parent)} includes {included}: not below core/{own}"
            )
assert seen > 500, seen
print("\n".join(wrong) or "ok")
sys.exit(bool(wrong))
