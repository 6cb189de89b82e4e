# SPDX-License-Identifier: Apache-2.0
"""Where Python's numbers, durations and texts become the library's: right, or an error that names the argument."""

import datetime
import decimal
import fractions

import outgrow
import pytest
from outgrow import (
    NEVER,
    AutoScaler,
    Cache,
    CachedStore,
    Clock,
    Endpoints,
    Gather,
    InvalidArgument,
    Metrics,
    RateLimiter,
    Scope,
    Service,
    Store,
    _core,
)

DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    "given, ns",
    [
        (0, 0),
        (0.0, 0),
        (-0.0, 0),
        (datetime.timedelta(0), 0),
        (5e-324, 1),
        (1e-10, 1),
        (0.4e-9, 1),
        (1e-9, 1),
        (1.6e-9, 2),
        (0.1, 100_000_000),
        (1, 10**9),
        (datetime.timedelta(microseconds=1), 1000),
        (datetime.timedelta(days=100_000, microseconds=1), 8_640_000_000_000_001_000),
        (9_223_372_036, 9_223_372_036_000_000_000),
        (4_503_599_627, 4_503_599_627_000_000_000),
        (float("inf"), NEVER),
        ("250ms", 250_000_000),
        ("1.5s", 1_500_000_000),
        ("2h", 7_200 * 10**9),
    ],
)
def test_a_duration_is_so_many_ns(given, ns):
    assert _core._duration_ns(given, "timeout") == ns


@pytest.mark.parametrize(
    "given, fault",
    [
        (-1, "negative"),
        (-1e-300, "negative"),
        (float("-inf"), "negative"),
        (-DAY, "negative"),
        (-(10**400), "negative"),
        (datetime.timedelta.min, "negative"),
        (float("nan"), "not a number"),
        (9_223_372_037, "292 years"),
        (2**62, "292 years"),
        (2**64, "292 years"),
        (10**400, "292 years"),
        (1e300, "292 years"),
        (datetime.timedelta.max, "292 years"),
        (datetime.timedelta(days=106_752), "292 years"),
        (datetime.timedelta(days=213_504), "292 years"),
        (datetime.timedelta(days=427_008), "292 years"),
    ],
)
def test_a_duration_that_is_none_is_refused(given, fault):
    with pytest.raises(InvalidArgument, match=f"timeout .*{fault}") as refused:
        _core._duration_ns(given, "timeout")
    assert refused.value.option == "timeout"


@pytest.mark.parametrize("given", [None, decimal.Decimal(1), fractions.Fraction(1, 2), b"1", [1]])
def test_a_duration_is_seconds_or_a_timedelta(given):
    with pytest.raises(TypeError, match="timeout must be seconds, a timedelta or text"):
        _core._duration_ns(given, "timeout")


@pytest.mark.parametrize("given", ["", "30", "-1s", "1 week", "s", "1s\0", "1e30h"])
def test_a_duration_in_text_has_its_unit(given):
    with pytest.raises(InvalidArgument, match="timeout cannot be '.*use seconds, a timedelta"):
        _core._duration_ns(given, "timeout")


@pytest.mark.parametrize("ttl", [1e-10, 5e-324, 1e-9])
def test_a_time_to_live_that_is_too_short_is_the_shortest(ttl):
    clock = Clock.manual()
    cache = Cache(clock=clock, codec="json")
    cache.set("k", 1, ttl)
    cache.fill("f", cache.get_or_lease("f").result, 1, ttl)
    cache.set_absent("a", ttl)
    assert cache.get("k") == cache.get("f") == 1 and cache.get("a", "miss") is None
    clock.advance_ns(1)
    assert [cache.get(key, "miss") for key in "kfa"] == ["miss"] * 3
    cache.set("k", 1, 0)
    clock.advance(1e9)
    assert cache.get("k") == 1  # 0 is for ever


@pytest.mark.parametrize(
    "ttl", [datetime.timedelta.max, datetime.timedelta(days=213_504), -1, float("nan"), 10**400]
)
def test_a_time_to_live_that_is_none_is_refused(ttl):
    cache, service = Cache(), Service(cache={"ttl_ms": 1})
    for call in (
        lambda: cache.set("k", b"v", ttl),
        lambda: cache.set_absent("k", ttl),
        lambda: cache.fill("k", 1, b"v", ttl),
        lambda: cache.fill_absent("k", 1, ttl),
        lambda: cache.get_or_load("k", lambda key: b"v", ttl),
        lambda: cache.cached(ttl=ttl)(bytes)(),
        lambda: service.read("c", "k", lambda *at: b"v", ttl),
        lambda: service.end(1, ttl=ttl),
    ):
        with pytest.raises(InvalidArgument, match="ttl"):
            call()
    assert cache.get("k") is None


@pytest.mark.parametrize(
    "given",
    [
        datetime.timedelta.max,
        datetime.timedelta(days=213_504, microseconds=1),
        -DAY,
        datetime.timedelta.min,
        datetime.timedelta(microseconds=-1),
        float("nan"),
        2**62,
    ],
)
def test_an_option_that_is_no_duration_is_refused_by_its_name(given):
    with pytest.raises(outgrow.OutgrowError, match="ttl_ms") as refused:
        Cache(ttl_ms=given)
    assert isinstance(refused.value, ValueError) and refused.value.option == "ttl_ms"


def test_options_take_exact_timedeltas():
    clock = Clock.manual()
    cache = Cache(clock=clock, ttl_ms=datetime.timedelta(days=300, microseconds=1500))
    cache.set("k", b"v")
    clock.advance(datetime.timedelta(days=300, microseconds=1499))
    assert cache.get("k") == b"v"
    clock.advance(datetime.timedelta(microseconds=1))
    assert cache.get("k") is None


BEYOND = [2**63, -(2**63) - 1, 10**30]


@pytest.mark.parametrize("number", BEYOND)
@pytest.mark.parametrize(
    "name, call",
    [
        ("cost", lambda number: RateLimiter("1/s").try_acquire("k", number)),
        ("costs", lambda number: RateLimiter("1/s").acquire_many(["k"], [number])),
        ("now_ns", lambda number: RateLimiter("1/s").try_acquire("k", now_ns=number)),
        ("permit", lambda number: outgrow.CircuitBreaker().exit(number)),
        ("permit", lambda number: outgrow.ConcurrencyLimiter(1).exit(number)),
        ("lease", lambda number: Cache().fill("k", number, b"v")),
        ("weight", lambda number: Cache().set("k", b"v", weight=number)),
        ("ticket", lambda number: Service(servers="a").end(number)),
        ("start_ns", lambda number: Clock.manual(number)),
        ("now_ns", lambda number: Clock.manual().set_ns(number)),
        ("by_ns", lambda number: Clock.manual().advance_ns(number)),
        ("at_ns", lambda number: AutoScaler().learn([number], [1])),
        ("which", lambda number: Cache().stat(number)),
        ("shards", lambda number: Gather().start([number])),
        ("key", lambda number: outgrow.ShardMap(shards=2).of(number)),
        ("keys", lambda number: outgrow.ShardMap(shards=2).of_many([number])),
        ("by", lambda number: Metrics().increment(0, number)),
        ("keys", lambda number: RateLimiter("1/s", keys=number)),
        ("limit", lambda number: outgrow.ConcurrencyLimiter(number)),
    ],
)
def test_a_number_beyond_64_bits_is_refused_by_its_name(name, call, number):
    with pytest.raises(ValueError, match=rf"\b{name} does not fit into 64 bits"):
        call(number)


@pytest.mark.parametrize(
    "name, call",
    [
        ("cpu_utilization", lambda: AutoScaler().observe(10**400)),
        ("request_rates", lambda: AutoScaler().learn([1], [10**400])),
        ("value", lambda: Metrics().set(0, 10**400)),
        ("share", lambda: Endpoints().latency(0, 10**400)),
    ],
)
def test_a_number_beyond_floats_is_refused_by_its_name(name, call):
    with pytest.raises(ValueError, match=f"{name} is too large"):
        call()


def test_an_index_beyond_32_bits_is_nobodys():
    endpoints = Endpoints()
    endpoints.add("a")
    for index in (2**31, 2**32, -(2**32)):
        with pytest.raises(InvalidArgument):
            endpoints.weight(index)
        with pytest.raises(InvalidArgument):
            Cache().stat(index)


LONE = "a\udcff"


@pytest.mark.parametrize(
    "name, call",
    [
        ("name", lambda: Metrics().counter(f"{LONE}_total")),
        ("help", lambda: Metrics().gauge("a", LONE)),
        ("instance", lambda: Metrics().gauge("a", "", LONE)),
        ("name", lambda: Metrics().add(LONE, Cache())),
        ("name", lambda: Metrics().remove(LONE)),
        ("name", lambda: Endpoints().add(LONE)),
        ("zone", lambda: Endpoints().add("a", 1, LONE)),
        ("name", lambda: Endpoints().find(LONE)),
        ("name", lambda: LONE in Endpoints()),
        ("name", lambda: Scope.host(f"/{LONE}")),
        ("name", lambda: Scope.inspect(f"/{LONE}")),
        ("name", lambda: Scope.remove(f"/{LONE}")),
        ("message", lambda: Gather().start(1).fail(0, None, LONE)),
        ("key", lambda: Cache().get(LONE)),
        ("key", lambda: CachedStore(Cache(), Store(), mode="through").set(LONE, b"v")),
        ("keys", lambda: RateLimiter("1/s").acquire_many([LONE])),
        ("rate", lambda: RateLimiter(LONE)),
        ("servers", lambda: Service(servers=LONE)),
        ("path", lambda: Store(kind="sqlite", path=LONE)),
        ("an option's name", lambda: Cache(**{LONE: 1})),
    ],
)
def test_text_that_is_not_utf_8_is_refused_by_its_name(name, call):
    with pytest.raises(InvalidArgument, match=f"{name} is no text in UTF-8") as refused:
        call()
    assert refused.value.option == name
