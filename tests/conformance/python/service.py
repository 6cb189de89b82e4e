# SPDX-License-Identifier: Apache-2.0
import outgrow
from outgrow import Status
from words import done, refused, stood, text


def place(index):
    return index if index >= 0 else "lapsed" if index == Status.LAPSED else "none"


class Driver:
    def __init__(self, options, clock):
        self.service = outgrow.Service(clock=clock, **options)
        self.tickets = {}

    def step(self, step, now_ns):
        op = step["op"]
        if op == "begin":
            return self.begin(step)
        if op == "end":
            return self.end(step)
        if op == "cancel":
            return stood(self.service.cancel, self.tickets.get(step["call"], 0))
        if op == "where":
            return self.where(self.tickets.get(step["call"], 0))
        if op == "count":
            return self.service.stats[step["name"]]
        if op == "node":
            replicas = self.service.replicas
            return {
                "in_flight": replicas.in_flight(step["node"]),
                "reads": replicas.reads(step["node"]),
            }
        if op == "set_node_healthy":
            return done(self.service.replicas.set_healthy, step["node"], step["healthy"])
        return self.step_server(step, op)

    def step_server(self, step, op):
        endpoints = self.service.endpoints
        if op == "add":
            try:
                return endpoints.add(step["name"], step.get("weight", 1))
            except outgrow.OutgrowError as error:
                return refused(error)
        index = endpoints.find(step["name"])
        if op == "remove":
            return done(endpoints.remove, index)
        if op == "set_healthy":
            return done(endpoints.set_healthy, index, step["healthy"])
        assert op == "server", op
        breaker = self.service.breaker(index)
        return {
            "breaker": None if breaker is None else breaker.state.name.lower(),
            "in_flight": endpoints.in_flight(index),
            "calls": endpoints.calls(index),
            "failures": endpoints.failures(index),
            "picks": self.service.balancer.picks(index),
        }

    def begin(self, step):
        answer = self.service.begin(
            step.get("client", ""), step.get("key", ""), step.get("write", False)
        )
        ticket = max(answer.result, 0)
        if ticket:
            self.tickets[step.get("as", "")] = ticket
        outcome = (
            "run" if ticket else "hit" if answer.result == 0 else Status(answer.result).name.lower()
        )
        return {
            **self.where(ticket),
            "outcome": outcome,
            "value": text(answer.value),
            "wait_ms": answer.wait_ns // 1_000_000,
        }

    def end(self, step):
        value = step["value"].encode() if "value" in step else None
        ttl = step["ttl_ms"] / 1000 if "ttl_ms" in step else None
        return stood(
            self.service.end,
            self.tickets.get(step["call"], 0),
            step.get("success", True),
            value,
            step.get("absent", False),
            ttl=ttl,
        )

    def where(self, ticket):
        if not ticket:
            return {"server": "none", "node": "none"}
        server = self.service.server(ticket)
        return {
            "server": self.service.endpoints.name(server) if server >= 0 else place(server),
            "node": place(self.service.node(ticket)),
        }


def make(vector, options, clock):
    return Driver(options, clock)
