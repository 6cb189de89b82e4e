# SPDX-License-Identifier: Apache-2.0
"""deb_test.py ROOT VERSION SCRATCH: makes the Debian packages and installs them where nothing else is:
README's C and C++ are built and run there with cc and pkg-config, and the command answers.

The clean root comes from the machine's own mirror, once: SCRATCH/root.tar. SKIPPED without the tools
or the rights for it."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import elf

root, version, scratch = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
dist, clean, tar = scratch / "dist", scratch / "root", scratch / "root.tar"
# What the packages and the programs need that a minimal system lacks.
INCLUDE = "g++,pkg-config,libsqlite3-dev,zlib1g"


def run(*command, **keywords):
    print("+", *command, flush=True)
    return subprocess.run([str(part) for part in command], check=True, text=True, **keywords)


def inside(*command, **keywords):
    return run("chroot", clean, *command, stdout=subprocess.PIPE, **keywords).stdout


def skip(why):
    print("SKIPPED:", why)
    sys.exit()


def make_root():
    """A minimal system of the release that this runs on."""
    if not tar.exists():
        release = pathlib.Path("/etc/os-release").read_text()
        codename = re.search(r"^VERSION_CODENAME=(\w+)$", release, re.M).group(1)
        made = tar.with_suffix(".part.tar")
        try:
            run("mmdebstrap", "--quiet", "--variant=minbase", f"--include={INCLUDE}", codename, made,
                timeout=1200)
        except subprocess.SubprocessError:
            skip("no clean root can be made: is there a mirror of Debian's?")
        made.rename(tar)
    shutil.rmtree(clean, ignore_errors=True)
    clean.mkdir(parents=True)
    run("tar", "-xf", tar, "-C", clean, "--exclude=./dev/*")


def quickstart(language, compiler):
    """README's first program in the language: five a minute, so five of seven pass."""
    readme = (root / "README.md").read_text()
    code = re.search(rf"```{language}\n(.*?)```", readme, re.S).group(1)
    (clean / "tmp" / f"quickstart.{language}").write_text(code)
    build = f"cd /tmp && {compiler} quickstart.{language} $(pkg-config --cflags --libs outgrow)"
    printed = inside("sh", "-ec", f"{build} && ./a.out")
    assert printed.split() == ["allowed"] * 5 + ["denied"] * 2, printed


def manual_names_every_verb():
    usage = inside("outgrow", "--help")
    verbs = re.findall(r"^  (\w+) ", usage.split("Subcommands:")[1], re.M)
    manual = inside("zcat", "/usr/share/man/man1/outgrow.1.gz")
    assert len(verbs) >= 3 and all(f".B outgrow {verb}\n" in manual for verb in verbs), verbs


for tool in ("mmdebstrap", "lintian", "dpkg-shlibdeps"):
    if not shutil.which(tool):
        skip(f"{tool} is not installed")
if os.geteuid() != 0:
    skip("making a clean root needs root")

shutil.rmtree(dist, ignore_errors=True)
dist.mkdir(parents=True)
run("sh", root / "packaging/deb.sh", dist)
packages = sorted(dist.glob("*.deb"))
names = [package.name.split("_")[:2] for package in packages]
assert names == [[name, f"{version}-1"] for name in ("liboutgrow-dev", "liboutgrow0", "outgrow")], names
run("lintian", "--allow-root", "--fail-on=error,warning", *packages)

make_root()
for package in packages:
    shutil.copy(package, clean / "tmp")
inside("sh", "-ec", "dpkg -i /tmp/*.deb")
elf.check_shipped(clean / "usr/bin/outgrow", program=True)
for library in (clean / "usr/lib").rglob("liboutgrow.so.*"):
    if elf.is_elf(library):
        elf.check_shipped(library)
quickstart("c", "cc -Wall -Werror")
quickstart("cpp", "c++ -Wall -Werror")
assert re.search(r"^rate = ", inside("outgrow", "options", "limiter"), re.M)
assert inside("outgrow", "--version").strip().endswith(version)
manual_names_every_verb()
inside("sh", "-ec", "dpkg --purge outgrow liboutgrow-dev liboutgrow0")
left = inside("sh", "-ec", "find / -xdev -name '*outgrow*' -not -path '/tmp/*' -not -path '/var/*'")
assert not left, left
shutil.rmtree(clean)
