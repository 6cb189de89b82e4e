# SPDX-License-Identifier: Apache-2.0
"""go_dynamic_test.py MODULE GO BUILD SCRATCH: the module's tests with -tags dynamic, over the library that
BUILD installs, found by pkg-config. Go's cache does not see that pkg-config's answer has changed, so it
is one of the test's own."""

import os
import pathlib
import subprocess
import sys

module, go, build, scratch = (
    pathlib.Path(sys.argv[1]),
    sys.argv[2],
    sys.argv[3],
    pathlib.Path(sys.argv[4]),
)
prefix = scratch / "installed"
subprocess.run(
    ["cmake", "--install", build, "--prefix", prefix], check=True, stdout=subprocess.DEVNULL
)
pc = next(prefix.rglob("outgrow.pc"))
environment = dict(
    os.environ,
    PKG_CONFIG_PATH=str(pc.parent),
    LD_LIBRARY_PATH=str(pc.parents[1]),
    CGO_ENABLED="1",
    GOFLAGS="-buildvcs=false",
    GOCACHE=str(scratch / "cache"),
)
binary = scratch / "tests"
subprocess.run(
    [go, "test", "-c", "-tags=dynamic", "-o", binary, "."], check=True, env=environment, cwd=module
)
needed = subprocess.run(
    ["readelf", "-d", binary], check=True, capture_output=True, text=True
).stdout
assert "liboutgrow.so" in needed, needed
subprocess.run([binary, "-test.short"], check=True, env=environment, cwd=module)
