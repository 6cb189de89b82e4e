# SPDX-License-Identifier: Apache-2.0
"""java_test.py ROOT SCRATCH: makes the jars as ./dev package does, installs outgrow's into an empty Maven
repository, and runs README's Java with nothing but the jar that lies there. That of outgrow-jedis is looked into."""

import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

import elf
import licences_test

root, scratch = map(pathlib.Path, sys.argv[1:])
dist, repository = scratch / "dist", scratch / "repository"
for folder in (dist, repository):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def run(*command, **keywords):
    print("+", *command, flush=True)
    return subprocess.run([str(part) for part in command], check=True, text=True, **keywords)


run("sh", root / "packaging/java.sh", dist)
pom = next(dist.glob("outgrow-[0-9]*.pom"))
version = pom.stem.removeprefix("outgrow-")
assert f"project(outgrow VERSION {version}" in (root / "CMakeLists.txt").read_text(), version
assert sorted(path.name for path in dist.iterdir()) == sorted(
    f"{artifact}-{version}{rest}"
    for artifact in ("outgrow", "outgrow-jedis")
    for rest in ("-javadoc.jar", "-sources.jar", ".jar", ".pom")
)
names = zipfile.ZipFile(dist / f"outgrow-{version}.jar").namelist()
assert "module-info.class" in names and "io/github/outgrow/RateLimiter.class" in names
for licence in ("LICENSE", *(f"licences/{file}" for file in licences_test.files_of_jar())):
    assert f"META-INF/{licence}" in names, f"the jar has no {licence}"
[library] = (name for name in names if re.fullmatch(r"native/\w+-\w+/liboutgrow_java\.so", name))
zipfile.ZipFile(dist / f"outgrow-{version}.jar").extract(library, scratch)
needs = elf.needed(scratch / library)
assert all(map(elf.C_LIBRARY.fullmatch, needs)), needs
elf.check_shipped(scratch / library)
sources = zipfile.ZipFile(dist / f"outgrow-{version}-sources.jar").namelist()
assert "io/github/outgrow/RateLimiter.java" in sources and not any(
    name.endswith(".so") for name in sources
), sources
assert (
    "io.github.outgrow/io/github/outgrow/RateLimiter.html"
    in zipfile.ZipFile(dist / f"outgrow-{version}-javadoc.jar").namelist()
)

pump = f"outgrow-jedis-{version}"
assert f"<version>{version}</version>" in (dist / f"{pump}.pom").read_text()
jar_of_pump = zipfile.ZipFile(dist / f"{pump}.jar")
assert "META-INF/LICENSE" in jar_of_pump.namelist()
assert b"Automatic-Module-Name: io.github.outgrow.jedis" in jar_of_pump.read("META-INF/MANIFEST.MF")
for file, suffix in ((f"{pump}.jar", ".class"), (f"{pump}-sources.jar", ".java")):
    names = zipfile.ZipFile(dist / file).namelist()
    # Of its own package alone: what is in two jars is in neither on a module path.
    own = [name for name in names if name.endswith(suffix)]
    assert f"io/github/outgrow/jedis/JedisPump{suffix}" in own, names
    assert all(name.startswith("io/github/outgrow/jedis/") for name in own), own
assert (
    "io.github.outgrow.jedis/io/github/outgrow/jedis/JedisPump.html"
    in zipfile.ZipFile(dist / f"{pump}-javadoc.jar").namelist()
)

pom_of = root / "bindings/java/pom.xml"  # whose version of the plugin is pinned
run(
    "mvn",
    "--quiet",
    "--batch-mode",
    "--file",
    pom_of,
    "install:install-file",
    f"-Dfile={dist / f'outgrow-{version}.jar'}",
    f"-DpomFile={pom}",
    f"-DlocalRepositoryPath={repository}",
)
jar = repository / f"io/github/outgrow/outgrow/{version}/outgrow-{version}.jar"

program = scratch / "Quickstart.java"
program.write_text(re.search(r"```java\n(.*?)```", (root / "README.md").read_text(), re.S).group(1))
printed = run("java", "-cp", jar, program, stdout=subprocess.PIPE).stdout
# Two failures open the breaker; five a minute are five at once.
assert (
    printed.splitlines()
    == ["failed: no price of tea today"] * 2 + ["not asked"] * 3 + ["too many"] * 2
), printed
print("ok")
