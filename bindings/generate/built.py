# SPDX-License-Identifier: Apache-2.0
"""python3 bindings/generate/built.py go|java FOLDER

Writes what a language's build makes anew and the repository does not keep: raw layers, and the library as the one source
that Go's tool compiles. It needs no built library; Java's needs SWIG. Files that are as they should be keep their time."""

import importlib
import pathlib
import sys


def put(target, data):
    if target.exists() and target.read_bytes() == data:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def write(language, folder):
    """The names of what was written, or was there."""
    names = []
    for name, text in importlib.import_module(f"built_{language}").emit():
        names.append(name)
        put(pathlib.Path(folder, name), text.encode())
    return names


if __name__ == "__main__":
    write(*sys.argv[1:])
