# SPDX-License-Identifier: Apache-2.0
"""go_dynamic_test.py ROOT GO BUILD: the module's tests with -tags dynamic, over the library that BUILD
installs, found by pkg-config."""

import os
import pathlib
import subprocess
import sys
import tempfile

root, go, build = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
with tempfile.TemporaryDirectory() as prefix:
    subprocess.run(["cmake", "--install", build, "--prefix", prefix], check=True, capture_output=True)
    pc = next(pathlib.Path(prefix).rglob("outgrow.pc"))
    environment = dict(os.environ, PKG_CONFIG_PATH=str(pc.parent), LD_LIBRARY_PATH=str(pc.parents[1]),
                       CGO_ENABLED="1", GOFLAGS="-buildvcs=false")
    tested = subprocess.run([go, "test", "-count=1", "-short", "-tags=dynamic", "."], env=environment,
                            cwd=root / "bindings/go")
    binary = pathlib.Path(prefix, "tests")
    subprocess.run([go, "test", "-c", "-tags=dynamic", "-o", binary, "."], check=True, env=environment,
                   cwd=root / "bindings/go")
    needed = subprocess.run(["readelf", "-d", binary], check=True, capture_output=True, text=True).stdout
    assert "liboutgrow.so" in needed, needed
sys.exit(tested.returncode)
