# SPDX-License-Identifier: Apache-2.0
"""Runs SWIG over bindings/swig/outgrow.i; for the emitters of the languages that use it. It is PATH's, or the one
that ./dev has installed."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from description import INCLUDE, ROOT

VERSION = "4.5.1"  # as in tests/requirements.txt


def wrap(*arguments, wrapper):
    """{file name: text} of what `swig *arguments` writes, and of the wrapper, its C source."""
    swig = _swig()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [
                swig,
                *arguments,
                "-Werror",
                f"-I{INCLUDE}",
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
