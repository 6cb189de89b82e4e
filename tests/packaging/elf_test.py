# SPDX-License-Identifier: Apache-2.0
"""elf_test.py BUILD: no program or library of the build tree looks for libraries where another could
put one; and the JNI library, linked as it is shipped, loads on the oldest C library promised."""

import pathlib
import sys

import elf

build = pathlib.Path(sys.argv[1])
scratch = build / "tests/packaging"  # of the other tests: programs of users, whole systems
binaries = [path for path in build.rglob("*") if scratch not in path.parents and elf.is_elf(path)]
faults = [fault for binary in binaries for fault in elf.search_path_faults(binary)]
names = {binary.name for binary in binaries}
assert any(name.startswith("liboutgrow.so.") for name in names), names
if elf.BUILDS_FOR_OTHERS:
    for binary in binaries:
        if binary.name == "liboutgrow_java.so" or binary.name.startswith("liboutgrow.so."):
            faults += elf.floor_faults(binary)
assert not faults, "\n".join(faults)
print(f"{len(binaries)} binaries")
