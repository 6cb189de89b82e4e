# SPDX-License-Identifier: Apache-2.0
"""The tutorial's own classes, where its text lies beside the clone."""

import os
import pathlib
import re
import sys
import time
import types

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
TEXT = pathlib.Path(os.environ.get("OUTGROW_TUTORIAL", ROOT.parent / "shared/tutorial.md"))


def classes(names, now=None):
    """A module of the tutorial's blocks that define the names; its time stands where now() says."""
    if not TEXT.exists():
        pytest.skip(f"SKIPPED: {TEXT} is not there to compare with")
    module = types.ModuleType("tutorial")
    sys.modules["tutorial"] = module  # where dataclasses look for it
    for block in re.findall(r"```python\n(.*?)```", TEXT.read_text(), re.S):
        if any(re.search(rf"^class {name}\b", block, re.M) for name in names):
            exec(block, module.__dict__)
    if now is not None:
        module.time = types.SimpleNamespace(time=now, monotonic=time.monotonic)
    return module
