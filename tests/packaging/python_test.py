# SPDX-License-Identifier: Apache-2.0
"""python_test.py ROOT VERSION SCRATCH: makes wheel and sdist, and installs each into an empty
environment without a network: README's Python runs there, and so does the command. Both are built
alike, so that ccache knows the second one's sources; OUTGROW_SDIST_COMPILER=clang builds the sdist by clang."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile

import elf
import licences_test

root, version, scratch = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
sys.path.insert(0, str(root / "tests/integration"))
from readme import as_shown, quickstart  # noqa: E402

BUILD = "build/package/python/cmake"  # below the sources, so that ccache knows them wherever pip unpacks them
COMPILER = os.environ.get("OUTGROW_SDIST_COMPILER")
TOOLS = sysconfig.get_path("purelib")  # of build/venv, in which this runs


def run(*command, **keywords):
    print("+", *command, flush=True)
    return subprocess.run([str(part) for part in command], check=True, text=True, **keywords)


def output(*command, **keywords):
    return run(*command, stdout=subprocess.PIPE, **keywords).stdout


def links_the_c_library_alone(wheel):
    unpacked = scratch / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    [module] = unpacked.glob("outgrow/_core.*.so")
    [command] = unpacked.glob("outgrow-*.data/scripts/outgrow")
    for binary in (module, command):
        needs = elf.needed(binary)
        assert all(map(elf.C_LIBRARY.fullmatch, needs)), f"{binary.name} needs {needs}"
        elf.check_shipped(binary, program=binary == command)
    for file in licences_test.files_of_wheel():
        assert [*unpacked.glob(f"outgrow-*.dist-info/licenses/**/{file}")], (
            f"the wheel has no {file}"
        )
    exported = output("nm", "-D", "--defined-only", module).split()[2::3]
    assert exported == ["PyInit__core"], exported
    package = root / "bindings/python/outgrow"
    sources = {
        part.relative_to(package)
        for kind in ("*.py", "*.pyi", "py.typed")
        for part in package.rglob(kind)
    }
    assert {
        pathlib.Path("py.typed"),
        pathlib.Path("_core.pyi"),
        pathlib.Path("patterns/__init__.py"),
    } <= sources
    missing = {str(part) for part in sources if not (unpacked / "outgrow" / part).exists()}
    assert not missing, f"the wheel lacks {missing}"
    shown = " ".join(output("auditwheel", "show", wheel).split())
    platform = wheel.stem.split("-")[-1]
    assert f'consistent with the following platform tag: "{platform}"' in shown, shown


def works_where_installed(name, what, *options, **environment):
    """In an environment, and a folder, that hold nothing else."""
    place = scratch / name
    venv.create(place, with_pip=True)
    python = place / "bin/python"
    bare = {**os.environ, "PYTHONPATH": "", "PATH": f"{place}/bin:/usr/bin:/bin"}
    run(
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-index",
        "--no-build-isolation",
        *options,
        what,
        env={**bare, **environment},
    )
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()

    def there(*command):
        return output(*command, cwd=elsewhere, env=bare)

    printed = there(
        python,
        "-c",
        "import outgrow, importlib.metadata as m; "
        "print(outgrow.__file__, outgrow.__version__, m.version('outgrow'))",
    )
    assert printed.split()[0].startswith(str(place)), printed
    assert printed.split()[1:] == [version, version], printed
    code, printed = quickstart("python")
    seen = there(python, "-c", code)
    assert as_shown(seen) == as_shown(printed), seen
    assert "replay" in there("outgrow", "--help")
    assert there(place / "bin/outgrow", "--version").split()[-1] == version


shutil.rmtree(scratch, ignore_errors=True)
scratch.mkdir(parents=True)
os.environ["PATH"] = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
# So that ccache, if there is one, knows the sources again, and those of a clone before.
os.environ.update(TMPDIR=str(scratch), CCACHE_BASEDIR=str(root), CCACHE_NOHASHDIR="1")
dist = scratch / "dist"
run("sh", root / "packaging/python.sh", dist)
[wheel], [sdist] = dist.glob("*.whl"), dist.glob("*.tar.gz")
python = "cp{0}{1}-cp{0}{1}".format(*sys.version_info)
assert re.fullmatch(rf"outgrow-{version}-{python}-manylinux_\d+_\d+_\w+\.whl", wheel.name), wheel
assert sdist.name == f"outgrow-{version}.tar.gz", sdist
links_the_c_library_alone(wheel)
works_where_installed("from-wheel", wheel)
works_where_installed(
    "from-sdist",
    sdist,
    f"--config-settings=build-dir={BUILD}",
    PYTHONPATH=TOOLS,
    **({"CC": COMPILER, "CXX": COMPILER + "++"} if COMPILER else {}),
)
