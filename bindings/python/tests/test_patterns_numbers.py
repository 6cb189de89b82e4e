# SPDX-License-Identifier: Apache-2.0
"""Odd numbers given to the tutorial's classes: right, as its own code has it, or refused by name."""

import math
import random
import time

import pytest
from outgrow import Clock, patterns
from outgrow.patterns import ScalingMetrics
from tutorial import classes

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    "make",
    [
        lambda module, clock: module.RateLimiter(0, 10, **clock),
        lambda module, clock: module.SlidingWindowRateLimiter(0, 10, **clock),
    ],
    ids=["RateLimiter", "SlidingWindowRateLimiter"],
)
def test_nothing_passes_a_limit_of_none(make):
    clock = Clock.manual()
    theirs = make(classes(["RateLimiter"], now=clock.now), {})
    ours = make(patterns, {"clock": clock})
    for _ in range(20):
        clock.advance(1)
        assert ours.allow_request("a") is theirs.allow_request("a") is False
    if isinstance(ours, patterns.RateLimiter):
        assert ours.allow_request("a", 0) is theirs.allow_request("a", 0) is True


@pytest.mark.parametrize("seconds", [1_500_000, 1_700_001, 3_000_000, 100_000_003])
def test_a_slow_refill_is_not_early_and_not_late(seconds):
    clock = Clock.manual()
    limiter = patterns.RateLimiter(1, 1 / seconds, clock=clock)
    assert limiter.allow_request("a")
    clock.set_ns(round(seconds * 0.99999 * 1e9))
    assert not limiter.allow_request("a")
    clock.set_ns(round(seconds * 1.00001 * 1e9))
    assert limiter.allow_request("a")


def test_an_hour_of_five_thousand():
    clock = Clock.manual()
    window = patterns.SlidingWindowRateLimiter(5000, 3600, clock=clock)
    assert [window.allow_request("a") for _ in range(5001)] == [True] * 5000 + [False]
    clock.advance(3600)
    assert window.allow_request("a")
    assert patterns.SlidingWindowRateLimiter(1_000_000, 0.5, clock=clock).allow_request("a")


@pytest.mark.parametrize(
    "name, call",
    [
        ("max_tokens", lambda x: patterns.RateLimiter(x)),
        ("refill_rate", lambda x: patterns.RateLimiter(10, x)),
        ("tokens_required", lambda x: patterns.RateLimiter().allow_request("a", x)),
        ("max_requests", lambda x: patterns.SlidingWindowRateLimiter(x)),
        ("window_size", lambda x: patterns.SlidingWindowRateLimiter(10, x)),
        ("failure_threshold", lambda x: patterns.CircuitBreaker(x)),
        ("timeout", lambda x: patterns.CircuitBreaker(5, x)),
        ("success_threshold", lambda x: patterns.CircuitBreaker(5, 60, x)),
        ("batch_size", lambda x: patterns.WriteBehindCache(None, None, x)),
        ("flush_interval", lambda x: patterns.WriteBehindCache(None, None, 100, x)),
        ("min_instances", lambda x: patterns.AutoScaler(x)),
        ("max_instances", lambda x: patterns.PredictiveAutoScaler(1, x)),
        ("future_minutes", lambda x: patterns.PredictiveAutoScaler().predict_load(x)),
        (
            "timestamp",
            lambda x: patterns.PredictiveAutoScaler().collect_metrics(
                x, ScalingMetrics(1, 1, 1, 1, 1)
            ),
        ),
        ("cpu_utilization", lambda x: patterns.AutoScaler().scale(ScalingMetrics(x, 1, 1, 1, 1))),
    ],
)
def test_numbers_are_refused_by_name(name, call):
    for value in (-1, NAN, INF):
        taken = {"tokens_required": [INF], "cpu_utilization": [NAN, INF]}.get(name, [])
        if value in taken:  # NaN is NaN: the list has the same object
            call(value)
        else:
            with pytest.raises(ValueError, match=name):
                call(value)


def low(**given):
    return ScalingMetrics(
        **{
            "cpu_utilization": 10,
            "memory_utilization": 10,
            "request_rate": 100,
            "response_time": 10,
            "error_rate": 0,
            **given,
        }
    )


@pytest.mark.parametrize("policy", ["proportional", "step"])
@pytest.mark.parametrize(
    "missing", ["cpu_utilization", "memory_utilization", "response_time", "error_rate"]
)
def test_what_is_missing_agrees_to_no_scale_down(policy, missing):
    clock = Clock.manual()
    scaler = patterns.AutoScaler(1, 10, policy=policy, clock=clock)
    scaler.current_instances = 9
    scaler.scale(low())
    seen = scaler.current_instances
    clock.advance(301)  # window and cooldown are over
    scaler.scale(low())
    assert (lower := scaler.current_instances) < 9
    clock.advance(301)
    scaler.scale(low(cpu_utilization=29))  # a reading that is low, and recent
    lower = scaler.current_instances
    assert 1 < lower < 9, (seen, lower)
    clock.advance(150)
    scaler.scale(low(cpu_utilization=29))
    clock.advance(151)
    assert scaler.scale(low(**{missing: NAN})) is None
    assert scaler.current_instances == lower
    assert not scaler.should_scale_down(low(**{missing: NAN}))
    assert scaler.should_scale_down(low())


def test_a_high_reading_before_a_missing_one_is_over():
    scaler = patterns.AutoScaler(1, 10, policy="step", clock=Clock.manual())
    assert scaler.scale(low(cpu_utilization=95)) == "Scaled UP to 2 instances"
    assert scaler.scale(low(cpu_utilization=NAN)) is None


def test_steps_are_the_tutorials_whatever_is_missing():
    clock = Clock.manual()
    tutorial = classes(["AutoScaler"], now=clock.now)
    theirs = tutorial.AutoScaler(1, 4)
    ours = patterns.AutoScaler(1, 4, policy="step", clock=clock)
    chance = random.Random(5)
    for _ in range(3000):
        clock.advance(chance.choice([0, 1, 150, 301, 400]))
        measured = [
            chance.choice([10] * 8 + [90, NAN]),
            chance.choice([30] * 8 + [60, NAN]),
            1000,
            chance.choice([100] * 8 + [1500, NAN, INF]),
            chance.choice([0] * 8 + [9, NAN]),
        ]
        assert ours.scale(ScalingMetrics(*measured)) == theirs.scale(
            tutorial.ScalingMetrics(*measured)
        )
    assert {entry["action"].split()[1] for entry in theirs.scaling_history} == {"UP", "DOWN"}


def test_the_predictor_does_not_shrink_on_what_is_missing():
    clock = Clock.manual()
    scaler = patterns.PredictiveAutoScaler(1, 10, clock=clock)
    scaler.current_instances = 9
    for minute in range(20):
        clock.set_ns(minute * 60 * 10**9)
        scaler.predictive_scale(low(cpu_utilization=29 if minute < 5 else NAN))
    assert scaler.current_instances == 9


def test_a_ring_of_a_thousand_is_drawn_once():
    begun = time.process_time()
    ring = patterns.ConsistentHashBalancer([f"server{i}" for i in range(1000)])
    # 0.1 s; drawn anew for each server, it took 8.
    assert time.process_time() - begun < 2
    assert len({ring.get_server(key) for key in range(20_000)}) > 990
