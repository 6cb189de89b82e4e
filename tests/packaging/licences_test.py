# SPDX-License-Identifier: Apache-2.0
"""licences_test.py: what of others is compiled into each package has its notice there. Whose code is used is seen by
what the sources include; what a package has is read from what makes it. The tests of jar and wheel look into
these."""

import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))
import licences  # noqa: E402

LIBRARY, COMMAND = ("library", "self-contained library"), ("command", "self-contained command")
SOURCES = {
    LIBRARY: ("core", "capi/src", "bindings/java/src/main/native"),
    COMMAND: ("bindings/cli",),
    ("python",): ("bindings/python/src",),
}
# Of the system, of Python and of the JDK: not linked but met at run time, or without code of their own.
SYSTEM = re.compile(
    r"[a-z_]+|(sys|linux|arpa)/\w+\.h|jni\.h|(structmember|datetime)\.h|outgrow(/\w+)?\.h(pp)?|"
    r"(unistd|fcntl|poll|pthread|sched|signal|spawn|dirent|stdlib|string|limits|x86intrin|cpuid|unwind)\.h"
)


def files_of_jar():
    return [notice.file for notice in licences.carried(*LIBRARY)]


def files_of_wheel():
    return [path.name for path in licences.FOLDER.glob("*.txt")]


def check(holds, fault):
    if not holds:
        faults.append(fault)


def what_is_included_has_a_notice():
    for parts, folders in SOURCES.items():
        known = {header for notice in licences.carried(*parts) for header in notice.headers}
        for path in sorted(p for folder in folders for p in (ROOT / folder).rglob("*")):
            if path.suffix not in (".c", ".cpp", ".h"):
                continue
            for header in re.findall(r"^ *# *include <(.*?)>", path.read_text(), re.M):
                check(
                    header in known or SYSTEM.fullmatch(header),
                    f"{path.relative_to(ROOT)}: no notice in packaging/licences for <{header}>, "
                    f"carried by {' or '.join(parts)}",
                )


def go_module():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-B", ROOT / "packaging/go_module.py", folder], check=True, cwd=ROOT
        )
        notice = pathlib.Path(folder, "NOTICE").read_text()
        source = pathlib.Path(folder, "internal/raw/outgrow.cpp").read_text()
        check(pathlib.Path(folder, "LICENSE").exists(), "Go's module has no LICENSE")
    for begun in re.findall(r"---- begin (\S+) ----", source):
        [one] = [n for n in licences.carried("library") if begun in n.headers] or [None]
        check(one and one.text in notice, f"Go's NOTICE says nothing of {begun}, which is in it")


def others():
    pom = (ROOT / "bindings/java/pom.xml").read_text()
    named = re.findall(r"<include>(\S+\.txt)</include>", pom)
    check(sorted(named) == sorted(files_of_jar()), f"pom.xml has {named} for {files_of_jar()}")
    project = (ROOT / "pyproject.toml").read_text()
    check('"packaging/licences/*.txt"' in project, "pyproject.toml: the wheel lacks the notices")
    debian = (ROOT / "packaging/deb/copyright").read_text()
    for notice in licences.carried("library", "command"):
        for header in notice.headers:
            folder = header.split("/")[0]
            check(f"Files: {folder}" in debian, f"deb/copyright has no stanza for {header}")
        for holder in re.findall(r"Copyright \([cC]\)[-0-9 ]*([A-Z]\w+ [A-Z]?\w+)", notice.text):
            check(holder in debian, f"deb/copyright does not name {holder}, of {notice.name}")


if __name__ == "__main__":
    faults = []
    what_is_included_has_a_notice()
    go_module()
    others()
    sys.exit("\n".join(faults) or 0)
