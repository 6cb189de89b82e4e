# SPDX-License-Identifier: Apache-2.0
import outgrow
from outgrow import Status
from words import done, or_none, stood


class Driver:
    def __init__(self, options, clock):
        self.router = outgrow.ReplicaRouter(clock=clock, **options)
        self.tickets = {}

    def step(self, step, now_ns):
        op, node = step["op"], step.get("node", 0)
        if op in ("write", "read"):
            return or_none(getattr(self.router, op)())
        if op == "reads":
            return [or_none(chosen) for chosen in self.router.read_many(step["count"])]
        if op == "acquire":
            return self.acquire(step)
        if op == "release":
            return stood(
                self.router.release,
                self.tickets.get(step.get("ticket", ""), 0),
                step.get("success", True),
                step.get("latency_ms", 0) / 1000,
            )
        if op == "set_healthy":
            return done(self.router.set_healthy, node, step["healthy"])
        if op == "in_flight":
            try:
                return self.router.in_flight(node)
            except outgrow.InvalidArgument as error:
                return int(error.status)
        if op == "read_count":
            return self.router.reads(node)
        assert op == "write_count", op
        return self.router.writes()

    def acquire(self, step):
        given = self.router.acquire(step.get("write", False))
        if given.ticket < 0:
            return Status(given.ticket).name.lower()  # full, none
        self.tickets[step.get("as", "")] = given.ticket
        return given.index


def make(vector, options, clock):
    return Driver(options, clock)
