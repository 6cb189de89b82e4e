# SPDX-License-Identifier: Apache-2.0
"""table.py BUILD DIR: replays every vector below DIR in every language and prints one table, vector
by language. A vector that fails, or that a language does not answer for, fails the run.

replay.py replays them over a runner a language."""

import os
import pathlib
import re
import subprocess
import sys

replayer = pathlib.Path(__file__).with_name("replay.py")
build, folder = map(pathlib.Path, sys.argv[1:])
os.environ["OUTGROW_SIM_SERVER"] = str(build / "tests/sim/sim_server")
sys.stdout.reconfigure(line_buffering=True)
vectors = sorted(path.resolve() for path in folder.rglob("*.json"))
if not vectors:
    sys.exit(f"{folder}: no *.json below it")
# Each language's runner is a program or script of this name, made by its CMakeLists.txt.
languages = {"core": "core", "C++": "cpp", "C": "c", "Python": "python", "Java": "java", "Go": "go"}


def replay(language):
    runner = build / "tests/conformance" / f"conformance_{languages[language]}"
    if not runner.exists():
        return f"{runner} is not built", {}
    ran = subprocess.run(
        [sys.executable, replayer, runner, *vectors],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    found = dict(re.findall(r"^(/.*): (ok|FAILED)$", ran.stdout, re.M))
    return ran.stdout, found


answers = {}
output = {}
for language in languages:
    print(f"replaying {len(vectors)} vectors in {language}", file=sys.stderr)
    output[language], answers[language] = replay(language)

names = [str(path.relative_to(folder.resolve())) for path in vectors]
width = max(map(len, names))
print(" " * width, *(f"{language:>7}" for language in languages))
bad = 0
for path, name in zip(vectors, names):
    row = [answers[language].get(str(path), "missing") for language in languages]
    bad += sum(answer != "ok" for answer in row)
    print(f"{name:{width}}", *(f"{answer:>7}" for answer in row))
for language in languages:
    if len(answers[language]) < len(vectors) or "FAILED" in answers[language].values():
        said = [line for line in output[language].splitlines() if not line.endswith(": ok")]
        print(f"\n{language}:", *said[-60:], sep="\n")
total = len(vectors) * len(languages)
print(f"\n{len(vectors)} vectors x {len(languages)} languages: {total - bad} ok, {bad} not")
sys.exit(bad != 0)
