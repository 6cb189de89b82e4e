# SPDX-License-Identifier: Apache-2.0
"""Errors name what is wrong: the argument with its value, or how long a refusal lasts."""

import re

import outgrow
import pytest
from outgrow import (
    AutoScaler,
    Balancer,
    Cache,
    CircuitBreaker,
    Clock,
    ConcurrencyLimiter,
    Endpoints,
    InvalidArgument,
    RateLimiter,
    ReplicaRouter,
)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: AutoScaler().set_instances(-1), "count is not 0 to 1000000: -1"),
        (lambda: AutoScaler().observe(cpu_utilization=-1), "a metric is negative, infinite or"),
        (lambda: ReplicaRouter().set_healthy(9, False), "there is no node 9"),
        (lambda: Endpoints().set_healthy(7, True), "no endpoint has the index 7"),
        (lambda: CircuitBreaker().exit(-5, True), "no permit: -5"),
        (lambda: ConcurrencyLimiter(1).exit(0), "no permit: 0"),
        (lambda: Balancer(Endpoints()).release(-1, True), "no ticket: -1"),
    ],
)
def test_an_invalid_argument_is_named_with_its_value(call, said):
    with pytest.raises(InvalidArgument, match=re.escape(said)):
        call()


@pytest.mark.parametrize(
    ("value", "option"), [(1.5, "capacity_bytes"), (1.5, "capacity_entries"), (1e-3, "shards")]
)
def test_a_fraction_is_no_count(value, option):
    with pytest.raises(outgrow.BadValue, match=f"option '{option}' cannot be '{value}'") as wrong:
        Cache(**{option: value})
    assert wrong.value.option == option


def test_a_whole_float_is_a_count():
    with Cache(capacity_bytes=1e6, capacity_entries=3.0) as cache:
        assert cache.set("k", b"v")


def test_metrics_by_anothers_name():
    metrics = outgrow.Metrics()
    with pytest.raises(AttributeError, match=r"no attribute 'text'; render\(\) is"):
        metrics.text()
    with pytest.raises(AttributeError, match="no attribute 'rendr'$"):
        metrics.rendr()
    assert not hasattr(metrics, "generate_latest")


def test_a_refusal_says_the_wait():
    clock = Clock.manual(0)
    limiter = RateLimiter("1/min", clock=clock)
    limiter.require("a")
    with pytest.raises(outgrow.RateLimited, match=r"^over the rate limit; try again in 60\.0 s$"):
        limiter.require("a")
    with pytest.raises(outgrow.RateLimited, match="it never passes$"):
        limiter.require("a", 2)
    breaker = CircuitBreaker(failure_threshold=1, open_ms="30s", clock=clock)
    with pytest.raises(ValueError), breaker:
        raise ValueError
    clock.advance(12)
    with pytest.raises(outgrow.CircuitOpen, match=r"is open; try again in 18\.0 s$"), breaker:
        pass
    clock.advance(18)
    breaker.enter()  # the one half-open permit: when it is back nobody knows
    with pytest.raises(outgrow.CircuitOpen, match="half-open: .* are trying$") as tried, breaker:
        pass
    assert tried.value.retry_after == 0 and breaker.retry_after() >= 60
    full = ConcurrencyLimiter(1)
    full.enter()
    with pytest.raises(outgrow.ConcurrencyFull, match="as may be$"), full:
        pass


def test_a_refusal_names_the_noun_that_was_given_a_name():
    clock = Clock.manual(0)
    limiter = RateLimiter("4/s", burst=1, clock=clock, name="logins")
    limiter.require("a")
    limited = outgrow.RateLimited
    with pytest.raises(
        limited, match=r"^over the rate limit 'logins'; try again in 0\.25 s$"
    ) as said:
        limiter.require("a")
    assert said.value.retry_after == 0.25
    decorated = limiter.limit("a")(lambda: None)
    with pytest.raises(limited, match="'logins'"):
        decorated()
    with pytest.raises(limited, match="^over the rate limit 'logins'; it never passes$"):
        limiter.wait("a", 2)
    breaker = CircuitBreaker(name="payments", clock=clock)
    breaker.force_open()
    wanted = "^the circuit breaker 'payments' is open; it stays so until it is reset$"
    with pytest.raises(outgrow.CircuitOpen, match=wanted), breaker:
        pass
    full = ConcurrencyLimiter(1, name="uploads")
    full.enter()
    with pytest.raises(outgrow.ConcurrencyFull, match="as may be in 'uploads'$"), full:
        pass
    with pytest.raises(outgrow.InvalidArgument, match="wait"):
        limiter.refusal(-1)
