# SPDX-License-Identifier: Apache-2.0
"""unity_test.py ROOT: no two sources of a folder name anything alike in their anonymous namespaces, as packages
compile a folder as one source (cmake/unity.cmake), and every build several of the Python module's. Functions may share a name where their parameters differ."""

import collections
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
FOLDERS = ("core", "capi/src", "bindings/cli", "bindings/python/src")
ANONYMOUS = re.compile(r"^namespace \{$(.*?)^\}  // namespace$", re.M | re.S)
# At the namespace's own level, declarations begin in the first column.
TYPE = re.compile(r"^(?:struct|class|enum(?: class)?|using) (\w+)", re.M)
VALUE = re.compile(
    r"^(?:inline |static )?const(?:expr)? [\w:<>,&* ]*?[ &*](\w+)(?:\[\w*\])* = ", re.M
)
FUNCTION = re.compile(r"^[A-Za-z][\w:<>,&* ]*?[ &*](\w+\([^()]*\))[^;]*\{$", re.M)


def names(source):
    for body in ANONYMOUS.findall(source.read_text()):
        for kind in (TYPE, VALUE, FUNCTION):
            yield from (" ".join(name.split()) for name in kind.findall(body))


found = collections.defaultdict(set)
for folder in FOLDERS:
    for source in sorted((root / folder).rglob("*.cpp")):
        if source.parent.name == "formats":  # compiled one by one
            continue
        for name in names(source):
            found[source.parent, name].add(source.name)
assert len(found) > 300, f"only {len(found)} names: are the namespaces written in another way now?"
twice = [
    f"{folder.relative_to(root)}: {name} in {' and '.join(sorted(files))}"
    for (folder, name), files in found.items()
    if len(files) > 1
]
assert not twice, "\n".join(["named twice in sources that are compiled as one:", *twice])
