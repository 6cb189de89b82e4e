# SPDX-License-Identifier: Apache-2.0
"""Options that change while a noun is in use: what is Python's own about them. Vectors have what they do."""

from datetime import timedelta

import pytest
from outgrow import (
    AutoScaler,
    BadValue,
    Balancer,
    CircuitBreaker,
    ClosedError,
    ConcurrencyLimiter,
    Endpoints,
    LimiterStat,
    RateLimiter,
    Scope,
    UnknownOption,
    Unsupported,
)


def test_what_is_given_changes_and_is_shown():
    with AutoScaler(max_instances=3, initial_instances=2) as scaler:
        scaler.reconfigure(max_instances=5, min_instances=None)
        assert repr(scaler) == "AutoScaler(max_instances=5, initial_instances=2)"
    breaker = CircuitBreaker(failure_threshold=1)
    breaker.reconfigure(open_ms=timedelta(seconds=3))
    breaker.exit(breaker.enter(), success=False)
    assert 0 < breaker.retry_after() <= 3


def test_what_is_wrong_changes_nothing():
    limiter = ConcurrencyLimiter(2)
    with pytest.raises(UnknownOption) as unknown:
        limiter.reconfigure(limt=3)
    assert unknown.value.option == "limt"
    with pytest.raises(BadValue):
        limiter.reconfigure(limit=3, permit_ms="soon")
    with pytest.raises(TypeError, match="by their names alone"):
        limiter.reconfigure(3)
    assert limiter.limit == 2
    assert "limit=2" in repr(limiter)
    limiter.close()
    with pytest.raises(ClosedError):
        limiter.reconfigure(limit=3)


def test_a_policy_is_one_for_a_scope(tmp_path):
    scope = Scope.host(str(tmp_path / "scope"))
    servers = Endpoints(scope=scope, name="servers")
    for name in ("a", "b"):
        servers.put(name)
    one, other = (Balancer(servers, scope=scope, name="reads", seed=1) for _ in range(2))
    alone = Balancer(servers, seed=1)
    one.reconfigure(policy="consistent_hash")
    assert len({other.pick("key") for _ in range(4)}) == 1
    assert len({alone.pick("key") for _ in range(4)}) == 2
    with pytest.raises(BadValue) as fixed:
        other.reconfigure(tickets=7)
    assert fixed.value.option == "tickets"
    with pytest.raises(TypeError, match="Endpoints"):
        Balancer("servers", scope=scope, name="reads")


def test_a_limit_is_tried_before_it_holds():
    limiter = RateLimiter("1/h", enforce_percent=0, hottest=True, name="logins")
    assert [limiter.try_acquire("ann") for _ in range(3)] == [True, True, True]
    assert limiter.stat(LimiterStat.SPARED) == 2
    assert limiter.hottest() == [{"key": "ann", "denied": 2}]
    limiter.reconfigure(enforce_percent=100)
    assert not limiter.try_acquire("ann")
    with pytest.raises(Unsupported, match="'logins' does not note"):
        RateLimiter("1/h", name="logins").hottest()
