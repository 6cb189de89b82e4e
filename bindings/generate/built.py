# SPDX-License-Identifier: Apache-2.0
"""python3 bindings/generate/built.py go|java FOLDER

Writes what a language's build makes anew and the repository does not keep: raw layers, Java's classes of the nouns, and
the library as the one source that Go's tool compiles. It needs no built library; Java's needs SWIG. Files that are as they
should be keep their time; what was there of an older run goes."""

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


def remove_others(folder, wanted):
    """What the folder has besides these names."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and str(path.relative_to(folder)) not in wanted:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def main(language, folder):
    folder = pathlib.Path(folder).absolute()
    names = write(language, folder)
    if language == "java":  # for javac, as @sources
        listed = "".join(f"{folder / name}\n" for name in names if name.endswith(".java"))
        put(folder / "sources", listed.encode())
    remove_others(folder, {*names, "sources"})


if __name__ == "__main__":
    main(*sys.argv[1:])
