# SPDX-License-Identifier: Apache-2.0
"""format.py ROOT [--fix]: names the tracked sources that are not laid out as ./dev format lays them
out, or with --fix lays them out. What ./dev generate writes has the layout of its generator. SKIPPED
names a formatter that this machine has not; where there is no clone nothing is looked at."""

import pathlib
import shutil
import subprocess
import sys

import tracked

root = pathlib.Path(sys.argv[1]).resolve()
fix = "--fix" in sys.argv
venv = root / "build/venv/bin"
JAVAC = [
    f"jdk.compiler/com.sun.tools.javac.{p}=ALL-UNNAMED"
    for p in "api code file parser tree util".split()
]


class Tool:
    """A formatter: `fix` writes files in place, `check` prints the names of those that it would change."""

    def __init__(self, name, command, suffixes, fix, check, reads):
        self.name, self.command, self.suffixes = name, command, suffixes
        self.fix, self.check, self.reads = fix, check, reads

    def differing(self, files):
        ran = subprocess.run(
            [*self.command, *self.check, *files], cwd=root, capture_output=True, text=True
        )
        found = {self.reads(line) for line in (ran.stdout + ran.stderr).splitlines()} & set(files)
        if ran.returncode != 0 and not found:
            sys.exit(f"{self.name}: {ran.stderr}")
        return found


def at_colon(line):
    return line.split(":", 1)[0]


def whole(line):
    return line


JAR = root / "build/tools/google-java-format.jar"
TOOLS = [
    Tool(
        "clang-format",
        [venv / "clang-format"],
        {".c", ".h", ".cpp", ".hpp"},
        ["-i"],
        ["--dry-run", "-Werror"],
        at_colon,
    ),
    Tool(
        "ruff",
        [venv / "ruff", "format"],
        {".py", ".pyi"},
        ["-q"],
        ["--check", "--output-format=concise"],
        at_colon,
    ),
    Tool("gofmt", [shutil.which("gofmt") or "gofmt"], {".go"}, ["-w"], ["-l"], whole),
    Tool(
        "google-java-format",
        [
            shutil.which("java") or "java",
            *(a for p in JAVAC for a in ("--add-exports", p)),
            "-jar",
            JAR,
        ],
        {".java"},
        ["-i"],
        ["-n"],
        whole,
    ),
]


def main():
    names, wrong, missing = tracked.files(root), [], []
    for tool in TOOLS:
        files = [
            name
            for name in names
            if pathlib.Path(name).suffix in tool.suffixes
            and not tracked.is_generated((root / name).read_text())
        ]
        needed = JAR if tool.name == "google-java-format" else pathlib.Path(tool.command[0])
        if not needed.exists() or shutil.which(str(tool.command[0])) is None:
            missing.append(tool.name)
        elif fix:
            subprocess.run([*tool.command, *tool.fix, *files], cwd=root, check=True)
        else:
            wrong += sorted(tool.differing(files))
    if wrong:
        sys.exit("not as ./dev format lays it out:\n" + "\n".join(wrong))
    if missing:
        print(f"SKIPPED: no {', '.join(missing)}")


main()
