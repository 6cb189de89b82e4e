# SPDX-License-Identifier: Apache-2.0
"""complete_test.py ROOT: a noun is finished when all that should stand beside it does; a C test touches
every function of the interface with more than NULL, and outgrow.hpp leads to it."""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(root / "capi/abi"))
from declarations import functions  # noqa: E402

SHARED = {"base", "config", "clock", "options"}  # what nouns are made from
missing = []


def expect(noun, what, found):
    if not found:
        missing.append(f"{noun}: no {what}")


def read(pattern):
    return {path: path.read_text() for path in root.glob(pattern)}


readme = (root / "README.md").read_text()
examples = "\n".join({**read("examples/c/*.c"), **read("examples/cpp/*.cpp")}.values())
benchmarks = "\n".join(read("tests/bench/*.cpp").values())
scenarios = "\n".join(read("tests/capi/allocation/*.cpp").values())
c_tests = "\n".join({**read("tests/capi/*.c"), **read("tests/conformance/c/*.c")}.values())
cpp_headers = "\n".join(read("capi/include/outgrow/*.hpp").values())
metrics_test = (root / "tests/capi/metrics_test.c").read_text()

for header in sorted((root / "capi/include/outgrow").glob("*.h")):
    noun = header.stem
    expect(noun, "include in outgrow.h", f"<outgrow/{noun}.h>" in (root / "capi/include/outgrow.h").read_text())
    expect(noun, "row in README", noun in SHARED or f"`og_{noun}`" in readme)
    if noun in SHARED:
        continue
    expect(noun, "header in outgrow.hpp", f"<outgrow/{noun}.hpp>" in (root / "capi/include/outgrow.hpp").read_text())
    expect(noun, "example", f"og_{noun}_create" in examples)
    expect(noun, "benchmark", f"og_{noun}_create" in benchmarks)
    expect(noun, "allocation scenario", f"og_{noun}_create" in scenarios)
    expect(noun, "C test", (root / f"tests/capi/{noun}_test.c").exists())
    expect(noun, "registration in tests/capi/metrics_test.c, whose text promtool checks",
           noun == "metrics" or f"og_metrics_add_{noun}(metrics" in metrics_test)
    if noun == "metrics":  # text, not decisions: its tests compare the rendering
        continue
    expect(noun, "vectors", any((root / "tests/vectors" / noun).glob("*.json")))
    expect(noun, "core driver", (root / f"tests/conformance/core/{noun}.cpp").exists())
    expect(noun, "C++ driver", (root / f"tests/conformance/cpp/{noun}.cpp").exists())
    expect(noun, "C driver", (root / f"tests/conformance/c/{noun}.c").exists())

for _, name, _ in functions(root / "capi/include"):
    expect(name, "C test that calls it", re.search(rf"\b{name}\b", c_tests))
    expect(name, "C++ that calls it", re.search(rf"\b{name}\b", cpp_headers))

print("\n".join(missing) or "complete")
sys.exit(bool(missing))
