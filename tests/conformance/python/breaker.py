# SPDX-License-Identifier: Apache-2.0
import outgrow
from words import stood


class Driver:
    def __init__(self, options, clock):
        self.breaker = outgrow.CircuitBreaker(clock=clock, **options)
        self.permits = {}

    def step(self, step, now_ns):
        op = step["op"]
        if op == "enter":
            permit = self.breaker.enter()
            if permit is None:
                return "refused"
            self.permits[step.get("as", "")] = permit
            return "permit"
        if op == "exit":
            return stood(self.breaker.exit, self.permits[step.get("permit", "")], step["success"])
        if op == "cancel":
            return stood(self.breaker.cancel, self.permits[step.get("permit", "")])
        if op == "state":
            return self.breaker.state.name.lower()
        if op == "retry_after":
            return self.breaker.retry_after_ns()
        if op == "transitions":
            return self.breaker.transitions
        assert op in ("force_open", "force_closed", "reset"), op
        getattr(self.breaker, op)()
        return "ok"


def make(vector, options, clock):
    return Driver(options, clock)
