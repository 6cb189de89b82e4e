# SPDX-License-Identifier: Apache-2.0
"""Runs SWIG over bindings/swig/outgrow.i; for the emitters of the languages that use it. It is PATH's, or the one
that ./dev has installed."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from description import INCLUDE, ROOT

VERSION = "4.5.1"  # as in tests/requirements.txt


def wrap(*arguments, wrapper, included=None):
    """{file name: text} of what `swig *arguments` writes, and of the wrapper, its C source. `included` is what
    the .i files include and no folder has: {file name: text}; headers.i has every public header."""
    swig = _swig()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as given:
        for name, text in {"headers.i": _headers(), **(included or {})}.items():
            pathlib.Path(given, name).write_text(text)
        subprocess.run(
            [
                swig,
                *arguments,
                "-Werror",
                f"-I{INCLUDE}",
                f"-I{given}",
                "-outdir",
                folder,
                "-o",
                f"{folder}/{wrapper}",
                "outgrow.i",
            ],
            check=True,
            cwd=ROOT / "bindings/swig",
        )
        return {path.name: path.read_text() for path in sorted(pathlib.Path(folder).iterdir())}


def _headers():
    """An %include of each public header that declares functions, after those that it includes."""
    ordered, seen = [], set()

    def add(header):
        if header in seen:
            return
        seen.add(header)
        text = (INCLUDE / header).read_text()
        for needed in re.findall(r"#include <(outgrow/.*)>", text):
            add(needed)
        if "OG_API " in text:
            ordered.append(header)

    add("outgrow.h")
    return "".join(f"%include <{header}>\n" for header in ordered)


def _swig():
    seen = []
    for folders in (os.environ.get("PATH"), ROOT / "build/venv/bin"):
        swig = shutil.which("swig", path=str(folders))
        said = (
            subprocess.run([swig, "-version"], check=True, capture_output=True, text=True).stdout
            if swig
            else ""
        )
        if f"SWIG Version {VERSION}\n" in said:
            return swig
        seen += [" ".join(line.split()) for line in said.splitlines() if "Version" in line]
    raise SystemExit(
        f"SWIG {VERSION} is needed (pip install swig=={VERSION}); there is {' and '.join(seen) or 'none'}"
    )
