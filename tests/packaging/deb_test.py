# SPDX-License-Identifier: Apache-2.0
"""deb_test.py ROOT VERSION SCRATCH: makes the Debian packages and installs them where nothing else is:
README's C and C++ are built and run there with cc and pkg-config, and the command answers. So is what is over
hiredis built, where this machine has it.

SKIPPED without the tools or the rights for a clean root."""

import pathlib
import re
import shutil
import subprocess
import sys

import elf
from clean_root import CleanRoot, need, own_codename, run

root, version, scratch = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
dist = scratch / "dist"
# What the packages and the programs need that a minimal system lacks.
INCLUDE = ["g++", "pkg-config", "libsqlite3-dev", "zlib1g", "libzstd1"]
NAMES = ["liboutgrow-dev", "liboutgrow0", "outgrow"]
has_hiredis = subprocess.run(["pkg-config", "--exists", "hiredis"], check=False).returncode == 0
if has_hiredis:
    INCLUDE.append("libhiredis-dev")
    NAMES.insert(1, "liboutgrow-hiredis-dev")


def quickstart(language, compiler):
    """README's first program in the language: five a minute, so five of seven pass."""
    readme = (root / "README.md").read_text()
    code = re.search(rf"```{language}\n(.*?)```", readme, re.S).group(1)
    (clean.path / "tmp" / f"quickstart.{language}").write_text(code)
    build = f"cd /tmp && {compiler} quickstart.{language} $(pkg-config --cflags --libs outgrow)"
    printed = clean.output("sh", "-ec", f"{build} && ./a.out")
    assert printed.split() == ["allowed"] * 5 + ["denied"] * 2, printed


def manual_names_every_verb():
    usage = clean.output("outgrow", "--help")
    verbs = re.findall(r"^  (\w+) ", usage.split("Subcommands:")[1], re.M)
    manual = clean.output("zcat", "/usr/share/man/man1/outgrow.1.gz")
    assert len(verbs) >= 3 and all(f".B outgrow {verb}\n" in manual for verb in verbs), verbs


need("mmdebstrap", "lintian", "dpkg-shlibdeps")
shutil.rmtree(dist, ignore_errors=True)
dist.mkdir(parents=True)
run("sh", root / "packaging/deb.sh", dist)
packages = sorted(dist.glob("*.deb"))
names = [package.name.split("_")[:2] for package in packages]
assert names == [[name, f"{version}-1"] for name in NAMES], names
run("lintian", "--allow-root", "--fail-on=error,warning", *packages)

clean = CleanRoot(scratch, own_codename(), INCLUDE)
for package in packages:
    shutil.copy(package, clean.path / "tmp")
clean.output("sh", "-ec", "dpkg -i /tmp/*.deb")
elf.check_shipped(clean.path / "usr/bin/outgrow", program=True)
for library in (clean.path / "usr/lib").rglob("liboutgrow.so.*"):
    if elf.is_elf(library):
        elf.check_shipped(library)
quickstart("c", "cc -Wall -Werror")
quickstart("cpp", "c++ -Wall -Werror")
if has_hiredis:
    shutil.copy(root / "examples/c/fleet_hiredis.c", clean.path / "tmp")
    clean.output(
        "sh",
        "-ec",
        "cd /tmp && cc -Wall -Werror fleet_hiredis.c $(pkg-config --cflags --libs outgrow-hiredis)",
    )
assert re.search(r"^(# )?rate = ", clean.output("outgrow", "options", "limiter"), re.M)
assert clean.output("outgrow", "--version").strip().endswith(version)
manual_names_every_verb()
clean.output("sh", "-ec", f"dpkg --purge {' '.join(NAMES)}")
left = clean.output(
    "sh", "-ec", "find / -xdev -name '*outgrow*' -not -path '/tmp/*' -not -path '/var/*'"
)
assert not left, left
clean.remove()
