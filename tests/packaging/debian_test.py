# SPDX-License-Identifier: Apache-2.0
"""debian_test.py ROOT SCRATCH RELEASE PACKAGE...: the tree, the sdist and the Go module in a clean root of
another Debian, by the compiler, the Python and the Go of that release. PACKAGEs are what ./dev installs for
building and testing. The tests that need nothing else run there, and so do README's Python and Go.

SKIPPED without the tools or the rights for a clean root."""

import pathlib
import subprocess
import sys
import sysconfig

from clean_root import CleanRoot, run

root, scratch, release = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
sys.path.insert(0, str(root / "tests/integration"))
from readme import as_shown, quickstart  # noqa: E402

LANGUAGES = ["python3-dev", "python3-venv", "golang-go"]
# What needs no other package than these, and no machine to itself.
TESTS = r"^(core|capi|cpp|cli|conformance|integration\.quickstart|packaging\.(headers|exports))"


def clone(clean):
    """What is tracked, as it lies here."""
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "-z"], check=True, stdout=subprocess.PIPE
    ).stdout
    tree = clean.path / "outgrow"
    tree.mkdir()
    packed = subprocess.run(
        ["tar", "-C", root, "--null", "-T", "-", "-c"],
        input=listed,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    subprocess.run(["tar", "-C", tree, "-x"], input=packed, check=True)


def inside(clean, script):
    clean.run("sh", "-ec", f"cd /outgrow; export HOME=/root LC_ALL=C.UTF-8; {script}")


def tree(clean):
    inside(
        clean,
        f"""
        cmake --preset dev >/dev/null
        cmake --build --preset dev
        ctest --test-dir build/dev --output-on-failure -j "$(nproc)" -R '{TESTS}'""",
    )


def sdist(clean):
    """Without a network: what pip would fetch to build it is this Python's."""
    run(
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--sdist",
        "--outdir",
        clean.path / "dist",
        root,
    )
    run("cp", "-r", sysconfig.get_path("purelib"), clean.path / "tools")
    code, printed = quickstart("python")
    (clean.path / "quickstart.py").write_text(code)
    inside(
        clean,
        """
        python3 -m venv /venv
        PYTHONPATH=/tools /venv/bin/python -m pip install --quiet --no-index --no-build-isolation /dist/*.tar.gz""",
    )
    seen = clean.output("/venv/bin/python", "/quickstart.py")
    assert as_shown(seen) == as_shown(printed), seen
    assert "replay" in clean.output("/venv/bin/outgrow", "--help")


def go_module(clean):
    code, printed = quickstart("go")
    run(sys.executable, root / "packaging/go_module.py", clean.path / "module")
    user = clean.path / "user"
    user.mkdir()
    (user / "main.go").write_text(code)
    inside(
        clean,
        """
        export GOTOOLCHAIN=local GOFLAGS=-buildvcs=false GOPROXY=off
        go version
        (cd /module && go vet -tags=sqlite ./... && go test -short -tags=sqlite ./...)
        cd /user
        go mod init example.com/user
        go mod edit -require=github.com/outgrow/outgrow/bindings/go@v0.0.0
        go mod edit -replace=github.com/outgrow/outgrow/bindings/go=/module
        go build -o /quickstart .""",
    )
    seen = clean.output("/quickstart")
    assert as_shown(seen) == as_shown(printed), seen


clean = CleanRoot(scratch, release, sys.argv[4:] + LANGUAGES)
clean.run("sh", "-c", "c++ --version | head -n 1; python3 --version")
clone(clean)
go_module(clean)
sdist(clean)
tree(clean)
clean.remove()
print(f"{release}: the tree, the sdist and the Go module build and pass")
