# SPDX-License-Identifier: Apache-2.0
"""go_module.py FOLDER: the Go module, complete: bindings/go, the raw layer, the library as one source, and the licence.
Modules of their own within it, such as outgrowredis, lie in its folders, with the licence.
What go's tool needs lies there and nothing else, so that FOLDER may be replaced with, vendored, zipped, or moved away. What was
there of an older one goes; a file that is as it should be keeps its time."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
SOURCE = ROOT / "bindings/go"
RAW = "internal/raw"
sys.path[:0] = [str(ROOT / "bindings/generate"), str(ROOT / "packaging")]
import built  # noqa: E402
import licences  # noqa: E402


def names():
    """Of bindings/go: what is tracked or new; without a clone, all that lies there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "."],
        cwd=SOURCE,
        check=False,
        capture_output=True,
        text=True,
    )
    found = (
        listed.stdout.split("\0")[:-1]
        if listed.returncode == 0
        else [str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*") if path.is_file()]
    )
    return [
        name
        for name in found
        if (SOURCE / name).exists() and not name.endswith((".cmake", "CMakeLists.txt"))
    ]


def make(folder):
    wanted = set(names())
    for name in wanted:
        built.put(folder / name, (SOURCE / name).read_bytes())
    built.put(folder / "LICENSE", (ROOT / "LICENSE").read_bytes())
    built.put(folder / "NOTICE", licences.text("library").encode())
    for name in [name for name in wanted if name.endswith("/go.mod")]:
        licence = str(pathlib.PurePath(name).with_name("LICENSE"))
        built.put(folder / licence, (ROOT / "LICENSE").read_bytes())
        wanted.add(licence)
    wanted |= {"LICENSE", "NOTICE"} | {f"{RAW}/{name}" for name in built.write("go", folder / RAW)}
    built.remove_others(folder, wanted)


make(pathlib.Path(sys.argv[1]))
