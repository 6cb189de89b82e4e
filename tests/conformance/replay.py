# SPDX-License-Identifier: Apache-2.0
"""replay.py [--host] RUNNER FILE...: replays vectors over a language's runner and prints for each one line, its path
and "ok" or "FAILED", and above a FAILED why. With --host the nouns lie in a segment.

A runner is a program that answers each line of its input, a JSON object, with a line of JSON:

    {"do": "scopes", "count": 2, "config": {...}}   owners of one segment, whose name is removed     "ok"
    {"do": "machines", "count": 2, "config": {...}} a fleet "shop" of machines, each over a segment  "ok"
                                                    of its own whose name is removed; the scopes are
                                                    the fleet's
    {"do": "take", "machine": 0, "clock": 0}        what its fleet has to say                         RESP
    {"do": "reply", "machine": 0, "command": 1,     to its fleet                                      "ok"
     "reply": ":1\\r\\n"}
    {"do": "broken", "machine": 0, "why": "..."}    to its fleet                                      "ok"
    {"do": "make", "noun": "limiter", "as": "a",    a noun with the options, and the vector's setup;  "ok", or
     "config": {...}, "setup": {...},               in a scope, by number, under a name               {"error", "option"}
     "scope": 0, "name": "vector"}
    {"do": "step", "on": "a", "step": {...},        what the noun's driver answers; at the time, to   the answer
     "now": 0, "clock": 0}                          which the manual clock is set where "clock" says
    {"do": "stats"}                                 of the first scope                                {objects, attachments, differences}
    {"do": "drop", "on": "a"}                       gives the noun up                                 "ok"
    {"do": "forget", "scope": 0, "kind": "limiter", of that scope                                     "ok", or
     "name": "vector"}                                                                                {"error", "option"}
    {"do": "end"}                                   everything is closed, and the clock stands at 0   "ok"

What is wrong with the vector or the driver is {"failed": "why"}."""

import json
import math
import pathlib
import subprocess
import sys

import fleet


class Failed(Exception):
    pass


class Runner:
    def __init__(self, program):
        self.program = program
        self.start()

    def start(self):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen([self.program], text=True, encoding="utf-8", **pipes)

    def ask(self, **asked):
        try:
            self.process.stdin.write(json.dumps(asked) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise Failed(f"the runner ended with {self.process.wait()}")
        answer = json.loads(line)
        if isinstance(answer, dict) and "failed" in answer:
            raise Failed(answer["failed"])
        return answer

    def end(self):
        """What it ends with: a sanitizer may have found something."""
        self.process.communicate()
        return self.process.returncode


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


def made(runner, vector, **where):
    options = {"config": vector.get("config", {}), "setup": vector.get("setup", {})}
    return runner.ask(do="make", noun=vector["noun"], **options, **where)


def opened(runner, vector, host):
    """Makes the vector's noun, or the scopes in which its steps make nouns."""
    if vector["noun"] == "fleet":
        count = vector.get("machines", 1)
        return runner.ask(do="machines", count=count, config=vector.get("config", {}))
    if vector["noun"] == "scope":
        return runner.ask(do="scopes", count=2, config=vector.get("config", {}))
    where = {"as": ""}
    if host:
        runner.ask(do="scopes", count=1, config={"size": "64MiB"})
        where |= {"scope": 0, "name": "vector"}
    return made(runner, vector, **where)


def answered(runner, server, step, noun, now, **clock):
    """A step of a vector of scopes is of the noun that `on` names, or makes one, or asks the scope; of a fleet's also
    of what its machines and their server say to one another."""
    if noun == "fleet" and step["op"] == "exchange":
        return fleet.exchange(runner, server, step, now, **clock)
    if noun == "fleet" and step["op"] == "talk":
        return fleet.talk(runner, server, step, now)
    if noun == "fleet" and step["op"] == "broken":
        return runner.ask(do="broken", machine=step.get("machine", 0), why=step["why"], **clock)
    if noun == "fleet" and step["op"] == "flush":
        return server.ask(do="flush")
    return asked(runner, step, noun in ("scope", "fleet"), now=now, **clock)


def asked(runner, step, is_of_scopes, **time):
    if is_of_scopes and step["op"] == "drop":
        return runner.ask(do="drop", on=step["on"])
    if not is_of_scopes or "on" in step:
        return runner.ask(do="step", on=step.get("on", ""), step=step, **time)
    if step["op"] == "stats":
        return runner.ask(do="stats")
    if step["op"] == "forget":
        return runner.ask(do="forget", scope=0, kind=step["kind"], name=step["name"])
    where = {"scope": step.get("scope", 0), "name": step["name"], "as": step["as"]}
    return made(runner, step, **where)


def replay(runner, path, host):
    vector = json.loads(pathlib.Path(path).read_text())
    if not vector["source"] or not vector["steps"]:
        raise Failed("no source, or no steps")
    server = fleet.Server() if vector["noun"] == "fleet" else None
    try:
        return replayed(runner, server, vector, path, host)
    finally:
        if server:
            server.end()


def replayed(runner, server, vector, path, host):
    answer = opened(runner, vector, host)
    if answer != "ok":
        raise Failed(f"not made: {json.dumps(answer)}")
    now, passed = 0, True
    for number, step in enumerate(vector["steps"]):
        before, now = now, time_of(step, now)
        # A step may also say an earlier time, for the forms that are given it.
        clock = {"clock": now} if now > before else {}
        seen = answered(runner, server, step, vector["noun"], now, **clock)
        if "expect" not in step or not same(seen, step["expect"]):
            print(f"{path}: step {number} {json.dumps(step)}\n  answered {json.dumps(seen)}")
            passed = False
    return passed


def main():
    host = sys.argv[1] == "--host"
    program, *paths = sys.argv[1 + host :]
    runner, failed = Runner(program), not paths
    for path in paths:
        try:
            passed = replay(runner, path, host)
            runner.ask(do="end")
        except (Failed, KeyError) as error:
            print(f"{path}: {error if isinstance(error, Failed) else repr(error)}")
            passed = False
            runner.end()
            runner.start()
        failed |= not passed
        print(f"{path}: {'ok' if passed else 'FAILED'}", flush=True)
    sys.exit(failed or runner.end() != 0)


main()
