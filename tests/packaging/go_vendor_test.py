# SPDX-License-Identifier: Apache-2.0
"""go_vendor_test.py MODULE GO COMPILERS: the module, vendored into another one, builds from there alone."""

import os
import pathlib
import subprocess
import sys
import tempfile

module, go, compilers = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
MODULE = "github.com/outgrow/outgrow/bindings/go"
MAIN = f"""package main

import (
	"fmt"

	"{MODULE}"
	_ "{MODULE}/outgrowhttp"
)

func main() {{
	l, err := outgrow.NewRateLimiter(outgrow.RateLimiterOptions{{Rate: "1/min"}})
	fmt.Println(err, l.Allow("alice"), l.Allow("alice"), l.Close())
}}
"""

with tempfile.TemporaryDirectory() as folder:

    def run(*arguments, **environment):
        return subprocess.run(
            arguments,
            cwd=folder,
            check=False,
            capture_output=True,
            text=True,
            env={
                **os.environ,
                "GOFLAGS": "-buildvcs=false -trimpath",
                "GOPROXY": "off",
                "CC": str(compilers / "gcc"),
                "CXX": str(compilers / "g++"),
                **environment,
            },
        )

    def must(*arguments):
        ran = run(*arguments)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    pathlib.Path(folder, "main.go").write_text(MAIN)
    must(go, "mod", "init", "example.com/user")
    must(go, "mod", "edit", f"-require={MODULE}@v0.0.0", f"-replace={MODULE}={module}")
    must(go, "mod", "vendor")
    # Built from what was vendored, with the module out of reach.
    must(go, "mod", "edit", f"-replace={MODULE}={module.parent}/nowhere")
    listed = pathlib.Path(folder, "vendor/modules.txt")
    listed.write_text(listed.read_text().replace(str(module), f"{module.parent}/nowhere"))
    must(go, "build", "-mod=vendor", "-o", "program", ".")
    printed = must("./program")
    assert printed == "<nil> true false <nil>\n", printed

    # Without cgo the complaint says what is needed.
    without = run(go, "build", "-mod=vendor", ".", CGO_ENABLED="0")
    assert without.returncode != 0 and "needs_CGO_ENABLED_1" in without.stderr, without.stderr
