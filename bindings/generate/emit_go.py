# SPDX-License-Identifier: Apache-2.0
"""Go: constants and options. built_go.py has the raw layer."""

import subprocess

import go_constants
import go_options
from description import ROOT

GO = "bindings/go"


def emit(description):
    yield f"{GO}/constants_generated.go", _formatted(go_constants.constants(description))
    yield f"{GO}/options_generated.go", _formatted(go_options.options(description))
    yield f"{GO}/LICENSE", (ROOT / "LICENSE").read_text()


def _formatted(text):
    return subprocess.run(["gofmt"], input=text, check=True, capture_output=True, text=True).stdout
