# SPDX-License-Identifier: Apache-2.0
"""python3 bindings/generate LIBRARY [--check]

Writes what is generated from the library's description of itself, or with --check says what of it
is not as it would be written. Each emit_<what>.py has `emit(description)`, which yields pairs of a
path from the root and its text."""

import importlib
import pathlib
import sys

import description

HERE = pathlib.Path(__file__).resolve().parent


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    check = "--check" in sys.argv
    described = description.load(*arguments)
    differ = []
    for path in sorted(HERE.glob("emit_*.py")):
        for name, text in importlib.import_module(path.stem).emit(described):
            target = description.ROOT / name
            if target.exists() and target.read_text() == text:
                continue
            differ.append(name)
            if not check:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)
                print("wrote", name)
    if check and differ:
        sys.exit("\n".join(f"{name} is not what ./dev generate writes" for name in differ))


main()
