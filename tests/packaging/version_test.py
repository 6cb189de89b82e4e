# SPDX-License-Identifier: Apache-2.0
"""version_test.py ROOT VERSION: the headers say the version that CMakeLists.txt says."""

import pathlib
import re
import sys

root, version = pathlib.Path(sys.argv[1]), sys.argv[2]
header = (root / "capi/include/outgrow/base.h").read_text()
said = dict(re.findall(r"#define OG_VERSION(_\w+)? \"?([\d.]+)", header))
major, minor, patch = version.split(".")
assert said == {"": version, "_MAJOR": major, "_MINOR": minor, "_PATCH": patch}, said
