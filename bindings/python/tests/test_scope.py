# SPDX-License-Identifier: Apache-2.0
"""What is Python's own of scopes: other interpreters, forks, closing, errors."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time

import outgrow
import pytest
from outgrow import CircuitBreaker, RateLimiter, Scope


@pytest.fixture
def segment():
    name = f"/outgrow-python-test-{os.getpid()}"
    yield name
    if name in Scope.list():
        Scope.remove(name)


def limiter_in(scope, rate="3/h"):
    return RateLimiter(rate, keys=16, scope=scope, name="logins")


def ask(name):
    """What another process does: takes what is left, and says who is attached."""
    with Scope.host(name) as scope:
        return [limiter_in(scope).try_acquire("alice") for _ in range(2)], scope.stats[
            "attachments"
        ]


def test_another_interpreter_shares(segment):
    scope = Scope.host(segment)
    limiter = limiter_in(scope)
    assert limiter.try_acquire("alice") and limiter.try_acquire("alice")
    program = f"import sys; sys.path[:0] = [{os.path.dirname(__file__)!r}]; import test_scope; print(test_scope.ask({segment!r}))"
    said = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert said.stdout == "([True, False], 2)\n", said
    assert not limiter.try_acquire("alice") and scope.stats["attachments"] == 1


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_multiprocessing_shares(segment, method):
    scope = Scope.host(segment)
    limiter = limiter_in(scope)
    assert limiter.try_acquire("alice") and limiter.try_acquire("alice")
    with multiprocessing.get_context(method).Pool(1) as pool:
        assert pool.apply(ask, (segment,)) == ([True, False], 2)
    assert not limiter.try_acquire("alice")


def test_a_program_that_is_started_holds_nothing(segment):
    scope = Scope.host(segment)
    program = os.posix_spawnp("sleep", ["sleep", "600"], os.environ)
    try:
        assert scope.stats["attachments"] == 1
        scope.close()
        until = (
            time.monotonic() + 60
        )  # posix_spawn returns before the kernel has closed what is closed on exec
        while Scope.inspect(segment)["attachments"]:
            assert time.monotonic() < until
    finally:
        os.kill(program, signal.SIGKILL)
        os.waitpid(program, 0)


def test_a_forked_child_uses_its_parents_nouns_by_an_attachment_of_its_own(segment):
    scope = Scope.host(segment)
    limiter = limiter_in(scope, "1/h")
    breaker = CircuitBreaker(failure_threshold=1, scope=scope, name="db")
    child = os.fork()
    if child == 0:
        took = limiter.try_acquire("alice")
        breaker.exit(breaker.enter(), False)
        os._exit(took and scope.stats["attachments"])
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert not limiter.try_acquire("alice") and breaker.enter() is None
    assert scope.stats["attachments"] == 1


def test_nouns_keep_a_scope_that_is_closed(segment):
    with Scope.host(segment, size="1MiB") as scope:
        limiter = limiter_in(scope, "1/h")
        assert scope.name == segment and repr(scope) == f"Scope(name='{segment}', size='1MiB')"
        assert dict(scope.stats)["bytes"] == 1 << 20 and scope.stats["objects"] == 1
    assert limiter.try_acquire("alice") and not limiter.try_acquire("alice")
    for use in (lambda: scope.stats["bytes"], lambda: CircuitBreaker(scope=scope, name="db")):
        with pytest.raises(outgrow.ClosedError, match="Scope is closed"):
            use()


def test_other_options_are_told(segment):
    scope = Scope.host(segment)
    limiter = RateLimiter("1/h", scope=scope, name="logins")
    assert scope.differences() == "" and scope.stats["differences"] == 0
    other = RateLimiter("5/h", keys=16, scope=scope, name="logins")
    assert limiter.try_acquire("alice") and not other.try_acquire("alice")
    told = (
        f"segment '{segment}': limiter 'logins' is there with rate=1/3600s, not with rate=5/3600s"
    )
    assert scope.differences() == told and scope.stats["differences"] == 1


def test_a_name_without_a_scope_says_nothing():
    one, other = CircuitBreaker(name="db"), CircuitBreaker(scope=None, name="db")
    one.force_open()
    assert other.state is outgrow.BreakerState.CLOSED
    assert repr(one) == "CircuitBreaker(name='db')"
    with pytest.raises(TypeError):
        CircuitBreaker(name=3)


@pytest.mark.parametrize(
    "make, error, option",
    [
        (
            lambda scope: RateLimiter(
                "2/h", keys=16, scope=scope, name="logins", on_mismatch="refuse"
            ),
            outgrow.BadValue,
            "rate",
        ),
        (lambda scope: RateLimiter("3/h", scope=scope), outgrow.InvalidArgument, "name"),
        (lambda scope: outgrow.Metrics(scope=scope, name="a\0b"), outgrow.InvalidArgument, "name"),
        (lambda scope: CircuitBreaker(scope=scope, name=""), outgrow.InvalidArgument, None),
        (lambda scope: Scope.host(scope.name, size=1), outgrow.BadValue, "size"),
        (lambda scope: Scope.host(scope.name, acess="group"), outgrow.UnknownOption, "acess"),
        (lambda scope: Scope.host(""), outgrow.InvalidArgument, "name"),
        (lambda scope: Scope.inspect("/outgrow-no-such"), outgrow.StoreError, "name"),
        (lambda scope: Scope.remove("/outgrow-no-such"), outgrow.StoreError, "name"),
    ],
)
def test_errors_name_what_is_wrong(segment, make, error, option):
    scope = Scope.host(segment)
    limiter = limiter_in(scope)
    with pytest.raises(error) as raised:
        make(scope)
    assert raised.value.option == option
    assert limiter.try_acquire("alice")


def test_what_nobody_uses_is_forgotten(segment):
    scope = Scope.host(segment)
    limiter = limiter_in(scope)
    assert limiter.try_acquire("alice")
    with pytest.raises(outgrow.InvalidArgument, match="in use by process %d " % os.getpid()):
        scope.forget("limiter", "logins")
    with pytest.raises(outgrow.InvalidArgument, match="did you mean 'limiter'"):
        scope.forget("limitter", "logins")
    del limiter
    assert scope.forget("limiter", "logins") is None
    assert scope.stats["objects"] == 0
    assert limiter_in(scope).try_acquire("alice")


def test_other_types_are_type_errors(segment):
    for make in (
        lambda: CircuitBreaker(scope=segment, name="db"),
        lambda: Scope.host(1),
        Scope,
        lambda: CircuitBreaker(scope=Scope.host(segment), name=1),
    ):
        with pytest.raises(TypeError):
            make()


def test_what_lies_there_is_told(segment):
    scope = Scope.host(segment)
    limiter = limiter_in(scope)
    assert limiter.try_acquire("alice")
    report = Scope.inspect(segment)
    assert report["name"] == segment and [one["pid"] for one in report["attachments"]] == [
        os.getpid()
    ]
    (found,) = report["objects"]
    assert (found["kind"], found["name"]) == ("limiter", "logins")
    assert found["figures"]["outgrow_limiter_keys"] == 1
    assert "faults" not in report and Scope.inspect(segment, verify=True)["faults"] == []
    assert segment in Scope.list()
    Scope.remove(segment)
    assert segment not in Scope.list() and limiter.try_acquire("alice")


def test_metrics_of_one_name_are_one(segment):
    scope = Scope.host(segment)
    one, other = (outgrow.Metrics(scope=scope, name="web") for _ in range(2))
    for metrics, by in ((one, 2), (other, 3)):
        metrics.increment(metrics.counter("calls_total", "Calls."), by)
    one.add("checkout", scope)
    text = one.render()
    assert "\ncalls_total 5\n" in text and 'outgrow_scope_objects{name="checkout"} 1\n' in text


def test_a_gauge_that_is_no_number_is_none(segment):
    with Scope.host(segment) as scope:
        metrics = outgrow.Metrics(scope=scope, name="own")
        for name, value in {"ratio": float("nan"), "speed": float("inf"), "share": 0.25}.items():
            metrics.set(metrics.gauge(name), value)
        assert Scope.inspect(segment)["objects"][0]["figures"] == {
            "ratio": None,
            "speed": None,
            "share": 0.25,
        }


@pytest.mark.parametrize("name", ["checkout", "/two\nlines"])
def test_a_name_that_is_none_is_refused_wherever_one_is_given(name):
    for use in (Scope.host, Scope.inspect, Scope.remove):
        with pytest.raises(ValueError, match="segment "):
            use(name)


def test_a_child_that_closes_all_descriptors_takes_nobody_for_dead(segment):
    with Scope.host(segment) as scope:
        limiter = outgrow.ConcurrencyLimiter(4, scope=scope, name="c")
        permit = limiter.enter()
        child = os.fork()
        if child == 0:
            os.closerange(3, 1024)
            os._exit(0 if limiter.in_flight() == 1 else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert limiter.in_flight() == 1 and limiter.exit(permit)
