# SPDX-License-Identifier: Apache-2.0
"""The library as one header and one C++ source, for Go's tool, which compiles what lies in a package's
folder and nothing else. Includes are put in once, in their place. What several sources name alike in
their anonymous namespaces gets its source's name behind it, since they are one source now."""

import pathlib
import re

from description import INCLUDE, ROOT

INCLUDED = re.compile(r'\s*#\s*include\s*[<"]([^">]+)[>"]')
# What a source may bring along, and where this machine has it.
LIBRARIES = {"xxhash.h": "/usr/include/xxhash.h", "tl/expected.hpp": "/usr/include/tl/expected.hpp"}

HEADER = """/* SPDX-License-Identifier: Apache-2.0 */
/* Generated from capi/include. Not edited by hand. */
"""
SOURCE = """// SPDX-License-Identifier: Apache-2.0
// Generated from core, capi/src and the two libraries that they need, whose licences stand with their text.
// Not edited by hand.
//go:build !dynamic

"""


def header():
    put = Once()
    lines = [HEADER]
    umbrella = INCLUDE / "outgrow.h"
    for line in umbrella.read_text().splitlines():
        match = INCLUDED.match(line)
        # These hold setters and words for those who write C.
        if match and match[1] not in ("outgrow/options.h", "outgrow/outcomes.h"):
            lines += put.file(INCLUDE / match[1])
        elif not match:
            lines.append(line)
    return "\n".join(lines) + "\n"


def source():
    sources = sorted((ROOT / "core").rglob("*.cpp")) + sorted((ROOT / "capi/src").glob("*.cpp"))
    shared = _shared_names(sources)
    put = Once()
    lines = [SOURCE + '#include "outgrow.h"']
    put.done |= set((INCLUDE / "outgrow").glob("*.h"))
    for path in sources:
        lines += put.file(path, renamed={name: f"{name}_{path.stem}" for name in shared[path]})
    return "\n".join(lines) + "\n"


class Once:
    """Puts a file's text with its includes, each once."""

    def __init__(self):
        self.done = set()

    def file(self, path, renamed=None):
        if path in self.done:
            return
        self.done.add(path)
        yield (
            f"\n// ---- {path.relative_to(ROOT)} ----\n"
            if path.suffix != ".h" or "core" in path.parts
            else ""
        )
        depth = 0  # of #if, within which an include may be needed a second time
        text = path.read_text()
        for line in (rename(text, renamed) if renamed else text).splitlines():
            match = INCLUDED.match(line)
            if match:
                yield from self.include(match[1], line, depth)
            elif line != "#pragma once" and "SPDX-License-Identifier" not in line:
                depth += line.startswith("#if") - line.startswith("#endif")
                yield line

    def include(self, name, line, depth):
        if name in LIBRARIES:
            yield from self.library(name)
            return
        own = next((base / name for base in (ROOT, INCLUDE) if (base / name).exists()), None)
        if own:
            yield from self.file(own)
        elif name == "sqlite3.h" or depth > 1 or (depth and "/" in name):
            yield line
        elif name not in self.done:
            self.done.add(name)
            yield line

    def library(self, name):
        if name in self.done:
            return
        self.done.add(name)
        yield f"// ---- begin {name} ----\n" + pathlib.Path(LIBRARIES[name]).read_text().rstrip()
        yield f"// ---- end {name} ----"


# What is no code of ours: a raw string, such as a script for a server, another string, a character.
LITERAL = r"""R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<!\w)'(?:\\.|[^'\\\n])+'"""


def rename(text, renamed):
    """The text with other names, which stay as they are in literals."""
    words = rf"{LITERAL}|(?<![\w.>:])({'|'.join(renamed)})\b"
    return re.sub(words, lambda m: renamed[m[2]] if m[2] else m[0], text, flags=re.S)


def _shared_names(sources):
    """{source: names of its anonymous namespaces that another source has in its own}."""
    names = {path: _anonymous_names(path.read_text()) for path in sources}
    count = {}
    for found in names.values():
        for name in found:
            count[name] = count.get(name, 0) + 1
    return {
        path: sorted(name for name in found if count[name] > 1) for path, found in names.items()
    }


def _anonymous_names(text):
    found = set()
    for body in re.findall(r"^namespace \{$(.*?)^\}  // namespace$", text, re.M | re.S):
        for line in body.splitlines():
            # Declarations at the namespace's own level begin in the first column.
            match = re.match(
                r"(?:struct|class|enum(?: class)?|using(?= \w+ =)) (\w+)", line
            ) or re.match(r"[A-Za-z][\w:<>,&* ]*?[ &*](\w+)(?:\[\w*\])?(?: = |\{|\(|;)", line)
            if match:
                found.add(match[1])
    return found
