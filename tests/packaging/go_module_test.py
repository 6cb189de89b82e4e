# SPDX-License-Identifier: Apache-2.0
"""go_module_test.py ROOT GO VERSION COMPILERS: an empty module gets what packaging/go.sh makes, as README says: from a proxy
of files, and by replacing it with the folder. README's Go runs there, built by GCC and by clang. So is the module of
a fleet's pump got, with the client that it is over from where Go has others' modules."""

import os
import pathlib
import subprocess
import sys
import tempfile

root, go, version = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
compilers = pathlib.Path(sys.argv[4])
sys.path.insert(0, str(root / "tests/integration"))
from readme import as_shown, quickstart  # noqa: E402

MODULE = "github.com/outgrow/outgrow/bindings/go"
PUMP = f"""package main

import (
	"fmt"

	"{MODULE}"
	"{MODULE}/outgrowredis"
	"github.com/redis/go-redis/v9"
)

func main() {{
	pump, err := outgrowredis.NewPump(new(outgrow.Fleet), redis.NewClient(&redis.Options{{}}), outgrowredis.PumpOptions{{}})
	fmt.Println(pump.Running(), err)
}}
"""
code, expected = quickstart("go")

with tempfile.TemporaryDirectory() as folder:
    subprocess.run(["sh", root / "packaging/go.sh", folder + "/dist"], check=True)
    user = pathlib.Path(folder, "user")
    user.mkdir()
    environment = dict(
        os.environ,
        GOPROXY=f"file://{folder}/dist/goproxy",
        GONOSUMDB=MODULE,
        GOMODCACHE=folder + "/cache",
        GOFLAGS="-buildvcs=false -modcacherw -trimpath",
        GOTOOLCHAIN="local",
        CGO_ENABLED="1",
    )

    def run(*arguments, **more):
        ran = subprocess.run(
            arguments, cwd=user, env={**environment, **more}, capture_output=True, text=True
        )
        assert ran.returncode == 0, f"{arguments}: {ran.stderr}"
        return ran.stdout

    run(go, "mod", "init", "example.com/user")
    (user / "main.go").write_text(code)
    run(go, "get", f"{MODULE}@v{version}")
    run(go, "mod", "verify")
    run(go, "vet", ".")
    seen = run(go, "run", ".", CC=compilers / "gcc", CXX=compilers / "g++")
    assert as_shown(seen) == as_shown(expected), seen

    # Others' modules, as this machine has them already or gets them.
    known = subprocess.run(
        [go, "env", "GOMODCACHE", "GOPROXY"], check=True, capture_output=True, text=True
    )
    cache, proxies = known.stdout.split()
    others = f"{environment['GOPROXY']},file://{cache}/cache/download,{proxies}"
    (user / "main.go").write_text(PUMP)
    run(go, "get", f"{MODULE}/outgrowredis@v{version}", GOPROXY=others, GONOSUMDB="*")
    assert run(go, "run", ".", CC=compilers / "gcc", CXX=compilers / "g++") == "false <nil>\n"
    run(go, "mod", "edit", f"-droprequire={MODULE}/outgrowredis")
    (user / "main.go").write_text(code)

    run(go, "mod", "edit", f"-replace={MODULE}={folder}/dist/go/outgrow")
    run(go, "mod", "tidy", GOPROXY="off")
    seen = run(go, "run", ".", CC=compilers / "clang", CXX=compilers / "clang++")
    assert as_shown(seen) == as_shown(expected), seen
