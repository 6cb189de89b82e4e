# SPDX-License-Identifier: Apache-2.0
"""python3 bindings/generate/drivers.py core|c|cpp|python|java|go FOLDER

Writes the drivers that replay vectors in a column, as capi/nouns describes their operations: each build
makes them anew. It needs no built library. Files that are as they should be keep their time."""

import importlib
import json
import pathlib
import sys

import built
import vectors

# Module and class.
EMITTERS = {
    "core": "core.Core",
    "c": "c.C",
    "cpp": "cpp.Cpp",
    "python": "python.Python",
    "java": "java.Java",
    "go": "go.Go",
}


def main(column, folder):
    module, emitter = EMITTERS[column].split(".")
    emitter = getattr(importlib.import_module(f"drivers_{module}"), emitter)()
    written = []
    for name, text in emitter.emit(vectors.load()):
        path = pathlib.Path(folder, name).absolute()
        built.put(path, text.encode())
        written.append(path)
    if column == "java":  # for javac, as @sources
        built.put(
            pathlib.Path(folder, "sources"), "".join(f"{path}\n" for path in written).encode()
        )
    if column == "go":  # go build has them beside what they share
        beside = vectors.nouns.ROOT / "tests/conformance/go"
        overlay = {"Replace": {str(beside / path.name): str(path) for path in written}}
        built.put(pathlib.Path(folder, "overlay.json"), json.dumps(overlay, indent=1).encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
