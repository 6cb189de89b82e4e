# SPDX-License-Identifier: Apache-2.0
import outgrow
from words import done


class Driver:
    def __init__(self, options):
        self.metrics = outgrow.Metrics(**options)
        self.ids = {}

    def step(self, step, now_ns):
        op = step["op"]
        if op in ("counter", "gauge", "histogram"):
            return done(self.define, op, step)
        if op == "increment":
            return done(self.metrics.increment, self.ids[step["id"]], step["by"])
        if op == "set":
            return done(self.metrics.set, self.ids[step["id"]], step["value"])
        if op == "observe":
            return done(self.metrics.observe_ns, self.ids[step["id"]], step["ns"])
        assert op == "render", op
        return [
            line for line in self.metrics.render().splitlines() if line.startswith(step["prefix"])
        ]

    def define(self, kind, step):
        define = getattr(self.metrics, kind)
        self.ids[step.get("as", "")] = define(step["name"], step["help"], step["instance"])


def make(vector, options, clock):
    return Driver(options)
