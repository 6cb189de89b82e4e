# SPDX-License-Identifier: Apache-2.0
"""The tutorial's balancers, limiters, breaker and autoscaler: beside its own code where that is right,
by hand where it is not."""

import random

import pytest
from outgrow import CircuitOpen, Clock, patterns
from outgrow.patterns import CircuitState, ScalingMetrics
from tutorial import classes


def test_round_robin_is_the_tutorials():
    theirs = classes(["RoundRobinBalancer"]).RoundRobinBalancer(["a", "b", "c"])
    ours = patterns.RoundRobinBalancer(["a", "b", "c"])
    assert [ours.get_server() for _ in range(10)] == [theirs.get_server() for _ in range(10)]


@pytest.mark.parametrize("weights", [[5, 1, 1], [1, 1], [3, 2, 1], [7], [10, 1, 4, 4]])
def test_weighted_round_robin_is_the_tutorials(weights):
    servers = [(f"server{i}", weight) for i, weight in enumerate(weights)]
    theirs = classes(["WeightedRoundRobinBalancer"]).WeightedRoundRobinBalancer(servers)
    ours = patterns.WeightedRoundRobinBalancer(servers)
    assert [ours.get_server() for _ in range(100)] == [theirs.get_server() for _ in range(100)]


def test_least_connections_counts_as_the_tutorials():
    servers = ["a", "b", "c"]
    theirs = classes(["LeastConnectionsBalancer"]).LeastConnectionsBalancer(servers)
    ours = patterns.LeastConnectionsBalancer(servers)
    chance = random.Random(1)
    running = []
    for _ in range(200):
        if running and chance.random() < 0.4:
            server = running.pop(chance.randrange(len(running)))
            ours.on_request_end(server)
            theirs.on_request_end(server)
        else:
            server = ours.get_server()
            assert theirs.connections[server] == min(theirs.connections.values())
            ours.on_request_start(server)
            theirs.on_request_start(server)
            running.append(server)
        assert ours.connections == theirs.connections
    with pytest.raises(ValueError, match="no request to 'a' has started"):
        patterns.LeastConnectionsBalancer(servers).on_request_end("a")


def test_a_ring_keeps_what_it_can_and_is_even():
    ring = patterns.ConsistentHashBalancer([f"cache{i}" for i in range(5)])
    before = {key: ring.get_server(key) for key in range(5000)}
    ring.remove_server("cache3")
    after = {key: ring.get_server(key) for key in before}
    assert all(after[key] == before[key] for key in before if before[key] != "cache3")
    assert "cache3" not in after.values()
    ring.add_server("cache3")
    assert {key: ring.get_server(key) for key in before} == before
    share = [list(before.values()).count(f"cache{i}") / 5000 for i in range(5)]
    assert max(share) < 0.3 and min(share) > 0.1, share  # with the tutorial's 3 places: up to 0.6
    assert patterns.ConsistentHashBalancer([]).get_server("x") is None


def test_the_buckets_are_the_tutorials_while_its_clock_goes_on():
    clock = Clock.manual()
    theirs = classes(["RateLimiter"], now=clock.now).RateLimiter(max_tokens=10, refill_rate=2)
    ours = patterns.RateLimiter(max_tokens=10, refill_rate=2, clock=clock)
    chance = random.Random(2)
    for _ in range(500):
        clock.advance(chance.choice([0, 0.25, 0.5, 1]))  # exact as floats: its sums do not drift
        client, tokens = chance.choice("ab"), chance.choice([1, 2, 3])
        assert ours.allow_request(client, tokens) == theirs.allow_request(client, tokens)


def test_the_windows_are_the_tutorials():
    clock = Clock.manual()
    theirs = classes(["SlidingWindowRateLimiter"], now=clock.now).SlidingWindowRateLimiter(5, 4)
    ours = patterns.SlidingWindowRateLimiter(5, 4, clock=clock)
    chance = random.Random(3)
    for _ in range(500):
        clock.advance(chance.choice([0, 0.25, 0.5, 1, 4]))
        client = chance.choice("ab")
        assert ours.allow_request(client) == theirs.allow_request(client)


def fails():
    raise OSError("down")


def test_the_circuit_opens_and_closes_as_the_tutorials():
    clock = Clock.manual(1_000_000_000)
    theirs = classes(["CircuitBreaker"], now=clock.now).CircuitBreaker(2, 10, 2)
    ours = patterns.CircuitBreaker(2, 10, 2, clock=clock)
    ok = lambda value: value  # noqa: E731
    steps = [
        (0, ok),
        (0, fails),
        (0, ok),
        (0, fails),
        (0, fails),
        (5, ok),
        (5, ok),
        (0, ok),
        (0, ok),
        (1, fails),
        (1, fails),
        (10, fails),
        (1, ok),
        (10, ok),
        (0, ok),
    ]
    for wait, call in steps:
        clock.advance(wait)
        said = []
        for breaker in (ours, theirs):
            try:
                said.append(breaker.call(call, *([7] if call is ok else [])))
            except OSError:
                said.append("failed")
            except Exception:
                said.append("open")
        assert said[0] == said[1], (clock.now(), said)
        assert ours.state.value == theirs.state.value


def test_a_circuit_half_open_forgets_its_successes_when_it_opens_again():
    clock = Clock.manual()
    breaker = patterns.CircuitBreaker(
        failure_threshold=1, timeout=10, success_threshold=2, clock=clock
    )
    for _ in range(2):
        with pytest.raises(OSError):
            breaker.call(fails)
        clock.advance(10)
        breaker.call(int)  # one success; the tutorial would count both rounds' and close
        assert breaker.state is CircuitState.HALF_OPEN
    breaker.call(int)
    assert breaker.state is CircuitState.CLOSED
    with pytest.raises(OSError):
        breaker.call(fails)
    with pytest.raises(CircuitOpen) as refused:
        breaker.call(int)
    assert refused.value.retry_after == 10


def metrics(cpu, memory=50, response=100, error=0):
    return ScalingMetrics(cpu, memory, 1000, response, error)


def test_steps_are_the_tutorials():
    clock = Clock.manual()
    tutorial = classes(["AutoScaler"], now=clock.now)
    theirs = tutorial.AutoScaler(1, 4)
    ours = patterns.AutoScaler(1, 4, policy="step", clock=clock)
    chance = random.Random(4)
    for _ in range(200):
        clock.advance(chance.choice([60, 150, 301]))
        measured = [
            chance.choice([10, 50, 90]),
            chance.choice([30, 60, 90]),
            1000,
            chance.choice([100, 500, 1500]),
            chance.choice([0, 2, 9]),
        ]
        assert ours.scale(ScalingMetrics(*measured)) == theirs.scale(
            tutorial.ScalingMetrics(*measured)
        )
        assert ours.current_instances == theirs.current_instances
    assert [entry["action"] for entry in ours.scaling_history] == [
        entry["action"] for entry in theirs.scaling_history
    ]


def test_more_load_asks_for_more_than_one():
    scaler = patterns.AutoScaler(1, 10, clock=Clock.manual())
    scaler.current_instances = 2
    assert scaler.scale(metrics(cpu=140)) == "Scaled UP to 4 instances"  # 2 * 140 / 70
    assert scaler.should_scale_up(metrics(cpu=90)) and not scaler.should_scale_up(metrics(cpu=50))
    assert scaler.should_scale_down(metrics(cpu=10))  # whatever memory rests at
    assert scaler.scale(metrics(cpu=float("nan"))) is None


def test_a_forecast_needs_a_day_and_then_sees_the_days_shape():
    clock = Clock.manual()
    scaler = patterns.PredictiveAutoScaler(1, 10, clock=clock)
    assert scaler.predict_load() is None
    for minute in range(0, 3 * 1440, 5):
        busy = 480 <= minute % 1440 < 1200
        clock.set_ns(minute * 60 * 10**9)
        scaler.collect_metrics(minute * 60, ScalingMetrics(50, 50, 6000 if busy else 600, 100, 0))
    assert 0 <= scaler.predict_load() < 1500  # midnight
    clock.set_ns((3 * 1440 + 600) * 60 * 10**9)
    assert scaler.current_instances == 1
