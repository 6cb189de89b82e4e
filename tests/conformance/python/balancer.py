# SPDX-License-Identifier: Apache-2.0
import outgrow
from outgrow import Status
from words import done, refused, stood


class Driver:
    def __init__(self, setup, options, clock):
        place = {k: options.pop(k) for k in ("scope", "name") if k in options}  # the set's
        self.endpoints = outgrow.Endpoints(max_endpoints=setup.get("max_endpoints", 256), **place)
        for endpoint in setup.get("endpoints", []):
            self.add(endpoint)
        self.balancer = outgrow.Balancer(self.endpoints, clock=clock, **options)
        self.tickets = {}

    def step(self, step, now_ns):
        op = step["op"]
        if op == "pick":
            return self.name(self.balancer.pick(step.get("key", "")))
        if op == "pick_many":
            keys = step["keys"] if "keys" in step else step["count"]
            return [self.name(index) for index in self.balancer.pick_many(keys)]
        if op == "acquire":
            return self.acquire(step)
        if op == "release":
            return stood(
                self.balancer.release,
                self.tickets.get(step.get("ticket", ""), 0),
                step.get("success", True),
                step.get("latency_ms", 0) / 1000,
            )
        if op == "add":
            try:
                return self.add(step)
            except outgrow.OutgrowError as error:
                return refused(error)
        index = self.endpoints.find(step["name"])
        if index is None:
            index = -1
        if op in ("in_flight", "calls", "failures"):
            return getattr(self.endpoints, op)(index)
        if op == "picks":
            return self.balancer.picks(index)
        assert op in ("remove", "set_weight", "set_healthy"), op
        more = [step[name] for name in ("weight", "healthy") if name in step]
        return done(getattr(self.endpoints, op), index, *more)

    def acquire(self, step):
        given = self.balancer.acquire(step.get("key", ""))
        if given.ticket == Status.FULL:
            return "full"
        if given.ticket > 0:
            self.tickets[step.get("as", "")] = given.ticket
        return self.name(given.index if given.ticket > 0 else None)

    def add(self, endpoint):
        return self.endpoints.add(
            endpoint["name"], endpoint.get("weight", 1), endpoint.get("zone", "")
        )

    def name(self, index):
        return "none" if index is None else self.endpoints.name(index)


def make(vector, options, clock):
    return Driver(vector.get("setup", {}), options, clock)
