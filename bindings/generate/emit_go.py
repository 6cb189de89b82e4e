# SPDX-License-Identifier: Apache-2.0
"""Go: constants, options, and the nouns. built_go.py has the raw layer."""

import subprocess

import go_constants
import go_nouns
import go_options
import nouns
from description import ROOT
from go_types import Types

GO = "bindings/go"


def emit(description):
    described = nouns.load()
    types = Types(described, nouns.enums())
    yield f"{GO}/constants_generated.go", _formatted(go_constants.constants(description, described))
    yield f"{GO}/options_generated.go", _formatted(go_options.options(description, described))
    for name, text in go_nouns.files(description, described, types):
        yield f"{GO}/{name}_generated.go", _formatted(text)
    yield f"{GO}/LICENSE", (ROOT / "LICENSE").read_text()


def _formatted(text):
    done = subprocess.run(["gofmt"], input=text, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"gofmt: {done.stderr}\n{text}")
    return done.stdout
