# SPDX-License-Identifier: Apache-2.0
import outgrow
from words import asked, done, or_none, refused


class Driver:
    def __init__(self, options):
        self.endpoints = outgrow.Endpoints(**options)

    def step(self, step, now_ns):
        op = step["op"]
        if op == "count":
            return len(self.endpoints)
        if op in ("add", "put"):
            try:
                return getattr(self.endpoints, op)(
                    step["name"], step.get("weight", 1), step.get("zone", "")
                )
            except outgrow.OutgrowError as error:
                return refused(error)
        if op == "find":
            return or_none(self.endpoints.find(step["name"]))
        if op == "healthy":
            healthy = asked(self.endpoints.healthy, step["index"])
            return int(healthy) if isinstance(healthy, bool) else healthy
        if op in ("name", "zone", "weight"):
            return asked(getattr(self.endpoints, op), step["index"])
        assert op in ("remove", "set_weight", "set_healthy"), op
        more = [step[name] for name in ("weight", "healthy") if name in step]
        return done(getattr(self.endpoints, op), step["index"], *more)


def make(vector, options, clock):
    return Driver(options)
