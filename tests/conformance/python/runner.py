# SPDX-License-Identifier: Apache-2.0
"""The runner over the package outgrow, as its users call it; ../replay.py says what a runner is.

A noun's driver is made by the build from capi/nouns/<noun>.toml, as <noun>_driver."""

import importlib
import json
import os
import pathlib
import sys
import traceback

import outgrow

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import answers  # noqa: E402


class Session:
    def __init__(self):
        self.clock = outgrow.Clock.manual()
        self.scopes = []
        self.fleets = []
        self.made = {}

    def scopes_of(self, ask):
        name = f"/outgrow-vector-{os.getpid()}"
        self.scopes = [outgrow.Scope.host(name, **ask["config"]) for _ in range(ask["count"])]
        outgrow.Scope.remove(name)
        return "ok"

    def machines(self, ask):
        for machine in range(ask["count"]):
            name = f"/outgrow-vector-{os.getpid()}-{machine}"
            host = outgrow.Scope.host(name)
            outgrow.Scope.remove(name)
            fleet = outgrow.Fleet(scope=host, name="shop", clock=self.clock, **ask["config"])
            self.fleets.append(fleet)
            self.scopes.append(fleet.scope())
        return "ok"

    def make(self, ask):
        options = ask["config"]
        if "scope" in ask:
            options |= {"scope": self.scopes[ask["scope"]], "name": ask["name"]}
        made = importlib.import_module(f"{ask['noun']}_driver").Driver
        self.made[ask["as"]] = made(ask["setup"], options, self.clock)
        return "ok"

    def forget(self, ask):
        self.scopes[ask["scope"]].forget(ask["kind"], ask["name"])
        return "ok"

    def answer(self, ask):
        what = ask["do"]
        if what == "scopes":
            return self.scopes_of(ask)
        if what == "machines":
            return self.machines(ask)
        if "clock" in ask:
            self.clock.set_ns(ask["clock"])
        if what == "take":
            return self.fleets[ask["machine"]].take()
        if what == "reply":
            return answers.done(self.fleets[ask["machine"]].reply(ask["command"], ask["reply"]))
        if what == "broken":
            return answers.done(self.fleets[ask["machine"]].broken(ask["why"]))
        if what == "make":
            return answers.or_error(lambda: self.make(ask))
        if what == "stats":
            return dict(self.scopes[0].stats)
        if what == "drop":
            del self.made[ask["on"]]
            return "ok"
        if what == "forget":
            return answers.or_error(lambda: self.forget(ask))
        if what == "end":
            self.__init__()
            return "ok"
        return self.made[ask["on"]].step(ask["step"], ask["now"])


session = Session()
for line in sys.stdin:
    try:
        answer = session.answer(json.loads(line))
    except Exception:
        answer = {"failed": traceback.format_exc()}
    print(json.dumps(answer), flush=True)
