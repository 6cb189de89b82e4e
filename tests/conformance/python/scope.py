# SPDX-License-Identifier: Apache-2.0
import answers
import outgrow
from runner import attach, driver_of


class Driver:
    def __init__(self, setup, options, clock):
        self.scopes = attach("scope-vector", **options)
        self.clock = clock
        self.made = {}

    def step(self, step, now_ns):
        if "on" in step:
            return self.made[step["on"]].step(step, now_ns)
        if step["op"] == "make":
            return self.make(step)
        assert step["op"] == "stats", step["op"]
        return dict(self.scopes[0].stats)

    def make(self, step):
        options = step["config"] | {
            "scope": self.scopes[step.get("scope", 0)],
            "name": step["name"],
        }
        try:
            self.made[step["as"]] = driver_of(step["noun"], step, options, self.clock)
        except outgrow.OutgrowError as error:
            return answers.refused(error)
        return "ok"
