# SPDX-License-Identifier: Apache-2.0
import outgrow
from words import stood


class Driver:
    def __init__(self, options, clock):
        self.limiter = outgrow.ConcurrencyLimiter(clock=clock, **options)
        self.permits = {}

    def step(self, step, now_ns):
        op = step["op"]
        if op == "enter":
            permit = self.limiter.enter()
            if permit is None:
                return "full"
            self.permits[step.get("as", "")] = permit
            return "permit"
        if op == "exit":
            return stood(self.limiter.exit, self.permits[step.get("permit", "")])
        if op == "in_flight":
            return self.limiter.in_flight()
        if op == "limit":
            return self.limiter.limit
        assert op == "stat", op
        return self.limiter.stats[step["which"]]


def make(vector, options, clock):
    return Driver(options, clock)
