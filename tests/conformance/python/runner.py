# SPDX-License-Identifier: Apache-2.0
"""runner.py [--host] FILE...: replays vectors over the package outgrow, as its users call it; with --host the
nouns lie in a segment.

A noun's driver is made by the build from capi/nouns/<noun>.toml, as <noun>_driver; <noun>.py beside this has what no
table says: functions that are given the driver, the step and its time."""

import importlib
import json
import math
import os
import pathlib
import sys
import traceback

import outgrow

HERE = pathlib.Path(__file__).resolve().parent


def driver_of(noun, vector, options, clock):
    """The driver of a noun, for those that are made of others' too."""
    made = importlib.import_module("scope" if noun == "scope" else f"{noun}_driver")
    return made.Driver(vector.get("setup", {}), options, clock)


def same(seen, wanted):
    """By the members that an object names; numbers to a billionth where either is no whole one."""
    if isinstance(wanted, dict) and isinstance(seen, dict):
        return all(name in seen and same(seen[name], wanted[name]) for name in wanted)
    if isinstance(wanted, list) and isinstance(seen, list):
        return len(seen) == len(wanted) and all(map(same, seen, wanted))
    if isinstance(wanted, bool) or isinstance(seen, bool):
        return seen is wanted
    if isinstance(wanted, float) or isinstance(seen, float):
        return (
            isinstance(seen, (int, float))
            and isinstance(wanted, (int, float))
            and math.isclose(seen, wanted, rel_tol=1e-9, abs_tol=1e-9)
        )
    return type(seen) is type(wanted) and seen == wanted


def time_of(step, before):
    if "at_ns" in step:
        return step["at_ns"]
    return round(step["at_ms"] * 1e6) if "at_ms" in step else before


def attach(what, **options):
    """Two owners of a segment of this process's own, of which nothing is left when it ends."""
    name = f"/outgrow-{what}-{os.getpid()}"
    scopes = [outgrow.Scope.host(name, **options) for _ in range(2)]
    outgrow.Scope.remove(name)
    return scopes


def replay(path, host):
    vector = json.loads(pathlib.Path(path).read_text())
    clock = outgrow.Clock.manual()
    place = {"scope": attach("vector", size="64MiB")[0], "name": "vector"} if host else {}
    driver = driver_of(vector["noun"], vector, vector.get("config", {}) | place, clock)
    now, passed = 0, bool(vector["steps"])
    for number, step in enumerate(vector["steps"]):
        at = time_of(step, now)
        if at > now:
            clock.set_ns(at)  # a step may also say an earlier time, for the forms that are given it
        now = at
        seen = driver.step(step, now)
        if "expect" not in step or not same(seen, step["expect"]):
            print(f"{path}: step {number} {json.dumps(step)}\n  answered {json.dumps(seen)}")
            passed = False
    return passed


def main():
    failed = 0
    host = sys.argv[1:2] == ["--host"]
    paths = sys.argv[1 + host :]
    for path in paths:
        try:
            passed = replay(path, host)
        except Exception:
            traceback.print_exc(file=sys.stdout)
            passed = False
        failed += not passed
        print(f"{path}: {'ok' if passed else 'FAILED'}")
    sys.exit(failed != 0 or not paths)


sys.path.insert(0, str(HERE))
if __name__ == "__main__":
    sys.modules["runner"] = sys.modules["__main__"]  # for the scope's driver, which makes others
    main()
