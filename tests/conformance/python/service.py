# SPDX-License-Identifier: Apache-2.0
import answers


def where_is(driver, ticket):
    """Where a call goes: a server's name, a node, or why there is none."""
    if not ticket:
        return {"server": "none", "node": "none"}
    server, node = driver.service.server(ticket), driver.service.node(ticket)
    return {
        "server": driver.endpoints.name(server) if server >= 0 else answers.outcome(server),
        "node": node if node >= 0 else answers.outcome(node),
    }


def begin(driver, step, now_ns):
    seen = driver.service.begin(
        step.get("client", ""), step.get("key", ""), step.get("write", False)
    )
    ticket = max(seen.result, 0)
    if ticket:
        driver.held[step.get("as", "")] = ticket
    return where_is(driver, ticket) | {
        "outcome": answers.given(seen.result, "run"),
        "value": answers.text(seen.value),
        "wait_ms": seen.wait_ns // 1_000_000,
    }


def end(driver, step, now_ns):
    ended = lambda: driver.service.end(  # noqa: E731
        driver.held.get(step["call"], 0),
        step.get("success", True),
        step["value"].encode() if "value" in step else None,
        step.get("absent", False),
        ttl=answers.ttl(step),
    )
    return answers.asked(lambda: answers.stood(ended()))


def where(driver, step, now_ns):
    return where_is(driver, driver.held.get(step["call"], 0))


def server(driver, step, now_ns):
    index = driver.endpoints.find(step["name"])
    breaker = driver.service.breaker(index)
    return {
        "breaker": None if breaker is None else answers.enum(breaker.state),
        "in_flight": driver.endpoints.in_flight(index),
        "calls": driver.endpoints.calls(index),
        "failures": driver.endpoints.failures(index),
        "picks": driver.balancer.picks(index),
    }


def node(driver, step, now_ns):
    replicas, number = driver.replicas, step["node"]
    return {"in_flight": replicas.in_flight(number), "reads": replicas.reads(number)}
