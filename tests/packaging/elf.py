# SPDX-License-Identifier: Apache-2.0
"""What the packaging tests ask of every ELF file that is shipped: on which C library it loads, where
it looks for libraries, and that it is hardened as the Debian packages are."""

import pathlib
import platform
import re
import subprocess

# Ubuntu 22.04, RHEL 9 and Amazon Linux 2023 have 2.34 or newer.
FLOOR = (2, 34)
# From 2.38 on the C library's headers choose newer functions (__isoc23_strtol), so that what is
# built there needs it: packages for other systems are built where it is older.
BUILDS_FOR_OTHERS = tuple(map(int, platform.libc_ver()[1].split("."))) < (2, 38)

# What stands beside every C library. libgcc_s is among it.
C_LIBRARY = re.compile(r"(libc|libm|libgcc_s|ld-linux-[\w-]+)\.so\.\d+")


def readelf(option, binary):
    return subprocess.run(
        ["readelf", "--wide", option, str(binary)], check=True, text=True, stdout=subprocess.PIPE
    ).stdout


def is_elf(path):
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(18)
    return head[:4] == b"\x7fELF" and head[16] in (2, 3)  # programs and shared objects


def needed(binary):
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", readelf("-d", binary)))


def search_path_faults(binary):
    """An empty element is the folder that the program is called from: whoever writes there decides
    what it loads. So does who can write to any other folder that is not the binary's own."""
    faults = []
    for path in re.findall(r"\((?:RPATH|RUNPATH)\).*?\[(.*)\]", readelf("-d", binary)):
        for element in path.split(":"):
            if not re.fullmatch(r"(\$ORIGIN|\$\{ORIGIN\})(/.*)?", element):
                faults.append(f"{binary} looks for libraries in {element!r}, of {path!r}")
    return faults


def newest_c_library(binary):
    """The newest version of the C library whose symbols the binary needs, and those symbols."""
    versions = {}
    for symbol, version in re.findall(r" UND (\S+)@GLIBC_([0-9.]+)", readelf("--dyn-syms", binary)):
        versions.setdefault(tuple(map(int, version.split("."))), []).append(symbol)
    # Version needs without a symbol count too.
    for version in re.findall(r"Name: GLIBC_([0-9.]+)", readelf("-V", binary)):
        versions.setdefault(tuple(map(int, version.split("."))), [])
    newest = max(versions)
    return newest, sorted(versions[newest])


def floor_faults(binary):
    newest, symbols = newest_c_library(binary)
    if newest <= FLOOR:
        return []
    text = ".".join(map(str, newest))
    return [f"{binary} needs GLIBC_{text}: {', '.join(symbols)}"]


def hardening_faults(binary, program=False):
    dynamic, segments, symbols = (readelf(what, binary) for what in ("-d", "-l", "--dyn-syms"))
    found = {
        "-z relro": "GNU_RELRO" in segments,
        "-z now": bool(re.search(r"BIND_NOW|\(FLAGS_1\).*\bNOW\b", dynamic)),
        "a stack that is not executable": bool(re.search(r"GNU_STACK.* RW ", segments)),
        "-fstack-protector-strong": "__stack_chk_fail" in symbols,
        "_FORTIFY_SOURCE": bool(re.search(r" __(?!stack)\w+_chk\b", symbols)),
        "position independence": "TEXTREL" not in dynamic and (not program or "PIE" in dynamic),
    }
    return [f"{binary} lacks {name}" for name, there in found.items() if not there]


def check_shipped(binary, program=False):
    binary = pathlib.Path(binary)
    faults = search_path_faults(binary) + hardening_faults(binary, program)
    if BUILDS_FOR_OTHERS:
        faults += floor_faults(binary)
    assert not faults, "\n".join(faults)
