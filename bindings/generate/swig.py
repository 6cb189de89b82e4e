# SPDX-License-Identifier: Apache-2.0
"""Runs SWIG over bindings/swig/outgrow.i; for the emitters of the languages that use it."""

import pathlib
import subprocess
import tempfile

from description import INCLUDE, ROOT

VERSION = "4.5.1"  # as in tests/requirements.txt


def wrap(*arguments, wrapper):
    """{file name: text} of what `swig *arguments` writes, and of the wrapper, its C source."""
    said = subprocess.run(["swig", "-version"], check=True, capture_output=True, text=True).stdout
    if f"SWIG Version {VERSION}\n" not in said:
        raise SystemExit(f"SWIG {VERSION} is needed, on PATH is:{said}")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["swig", *arguments, "-Werror", f"-I{INCLUDE}", "-outdir", folder, "-o",
                        f"{folder}/{wrapper}", "outgrow.i"], check=True, cwd=ROOT / "bindings/swig")
        return {path.name: path.read_text() for path in sorted(pathlib.Path(folder).iterdir())}
