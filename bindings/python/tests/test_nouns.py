# SPDX-License-Identifier: Apache-2.0
"""What is Python's own of the nouns: errors, closing, codecs, decorators. What they decide is
in the vectors."""

import ast
import os
import pathlib
import pickle
import signal
import threading
from datetime import timedelta

import outgrow
import pytest
from outgrow import (
    Cache,
    CachedStore,
    CircuitBreaker,
    CircuitOpen,
    Clock,
    RateLimited,
    RateLimiter,
    Status,
)


def endpoints():
    made = outgrow.Endpoints()
    made.add("a")
    return made


# Each noun, and its hot calls.
NOUNS = {
    "RateLimiter": (
        lambda: RateLimiter("1/s"),
        [lambda n: n.try_acquire("k"), lambda n: n.peek("k")],
    ),
    "CircuitBreaker": (
        CircuitBreaker,
        [lambda n: n.enter(), lambda n: n.exit(1), lambda n: n.call(int)],
    ),
    "ConcurrencyLimiter": (
        lambda: outgrow.ConcurrencyLimiter(1),
        [lambda n: n.enter(), lambda n: n.in_flight(), lambda n: n.call(int)],
    ),
    "Endpoints": (outgrow.Endpoints, [lambda n: n.add("b"), lambda n: n.find("b")]),
    "Balancer": (
        lambda: outgrow.Balancer(endpoints()),
        [lambda n: n.pick(), lambda n: n.acquire()],
    ),
    "Cache": (
        Cache,
        [
            lambda n: n.get("k"),
            lambda n: n.set("k", b""),
            lambda n: n.get_or_load("k", lambda k: b""),
        ],
    ),
    "Store": (outgrow.Store, [lambda n: n.get("k"), lambda n: n.set("k", b"")]),
    "CachedStore": (
        lambda: CachedStore(Cache(), outgrow.Store()),
        [lambda n: n.get("k"), lambda n: n.set("k", b"")],
    ),
    "ReplicaRouter": (outgrow.ReplicaRouter, [lambda n: n.read(), lambda n: n.acquire()]),
    "ShardMap": (outgrow.ShardMap, [lambda n: n.of("k"), lambda n: n.span()]),
    "Gather": (outgrow.Gather, [lambda n: n.start(2)]),
    "AutoScaler": (
        lambda: outgrow.AutoScaler(initial_instances=1),
        [lambda n: n.decide(), lambda n: n.observe(cpu_utilization=1)],
    ),
    "Sizer": (outgrow.Sizer, [lambda n: n.observe_cpu(1), lambda n: n.observe_memory(1)]),
    "Slo": (outgrow.Slo, [lambda n: n.good(), lambda n: n.state()]),
    "Capacity": (outgrow.Capacity, [lambda n: n.observe(1, 1), lambda n: n.throughput(1)]),
    "Metrics": (outgrow.Metrics, [lambda n: n.render(), lambda n: n.counter("a_total")]),
    "Service": (
        outgrow.Service,
        [lambda n: n.begin("c"), lambda n: n.read("c", "k", bytes), lambda n: n.stats["begun"]],
    ),
    "Clock": (Clock.manual, [lambda n: n.now(), lambda n: n.advance(1)]),
}


@pytest.mark.parametrize("name", NOUNS)
def test_closed_is_an_error_and_closing_twice_is_none(name):
    make, calls = NOUNS[name]
    noun = make()
    assert name in repr(noun) and not noun.closed
    calls[0](noun)
    # Whose `with` is a call through it; a limiter's would be taken for one.
    if name not in ("CircuitBreaker", "ConcurrencyLimiter", "RateLimiter"):
        with noun:
            pass
        assert noun.closed
    noun.close()
    noun.close()
    assert noun.closed
    for call in calls:
        with pytest.raises(outgrow.ClosedError, match=f"(?i){name}|closed"):
            call(noun)


@pytest.mark.parametrize("name", [name for name in NOUNS if name != "Clock"])
def test_an_unknown_option_names_the_nearest(name):
    kind = getattr(outgrow, name)
    first = {
        "Balancer": [endpoints()],
        "CachedStore": [Cache(), outgrow.Store()],
        "RateLimiter": ["1/s"],
    }
    with pytest.raises(outgrow.UnknownOption, match="unknown option 'polici'") as unknown:
        kind(*first.get(name, []), polici="x")
    assert unknown.value.option == "polici" and unknown.value.status == Status.UNKNOWN_OPTION
    assert isinstance(unknown.value, TypeError)


@pytest.mark.parametrize(
    "make, option",
    [
        (lambda: RateLimiter("fast"), "rate"),
        (lambda: RateLimiter(), "rate"),
        (lambda: RateLimiter("1/s", burst=-1), "burst"),
        (lambda: RateLimiter("1/s", policy="leaky"), "policy"),
        (lambda: CircuitBreaker(open_ms=-1), "open_ms"),
        (lambda: CircuitBreaker(open_ms=timedelta(seconds=-1)), "open_ms"),
        (lambda: CircuitBreaker(failure_threshold=1.5), "failure_threshold"),
        (lambda: Cache(ttl_jitter=float("nan")), "ttl_jitter"),
        (lambda: Cache(capacity_bytes="many"), "capacity_bytes"),
        (lambda: outgrow.AutoScaler(cpu_up=float("inf")), "cpu_up"),
        (lambda: outgrow.Service(limiter={"rate": "x"}), "limiter.rate"),
    ],
)
def test_a_bad_value_names_its_option(make, option):
    with pytest.raises(outgrow.BadValue, match=option) as bad:
        make()
    assert bad.value.option == option and isinstance(bad.value, ValueError)


@pytest.mark.parametrize("key", [None, 1, 1.5, object(), ["a"], "\ud800"])
def test_what_is_no_key_is_a_type_or_value_error(key):
    limiter, cache = RateLimiter("1/s"), Cache()
    for call in (limiter.try_acquire, limiter.peek, cache.get, cache.delete):
        if key is None and call in (limiter.try_acquire, limiter.peek):
            continue
        with pytest.raises((TypeError, ValueError)):
            call(key)
    with pytest.raises((TypeError, ValueError)):
        limiter.acquire_many(["a", object()])


def test_absurd_numbers_are_errors_too():
    limiter, cache, breaker = RateLimiter("1/s"), Cache(), CircuitBreaker()
    for call in (
        lambda: limiter.try_acquire("k", -1),
        lambda: limiter.try_acquire("k", 2**63),
        lambda: cache.set("k", b"", ttl=float("nan")),
        lambda: cache.set("k", b"", ttl=-1),
        lambda: breaker.exit(-5),
        lambda: limiter.try_acquire("k", now_ns=-(2**63) - 1),
        lambda: outgrow.Endpoints().set_weight(7, 1),
        lambda: outgrow.AutoScaler().observe(-1.0),
    ):
        with pytest.raises((ValueError, OverflowError, TypeError)):
            call()


def test_an_autoscaler_names_what_it_lacks():
    scaler = outgrow.AutoScaler()
    with pytest.raises(outgrow.Unsupported, match="predictor is none") as refused:
        scaler.learn([1], [1])
    assert refused.value.option == "predictor"
    for ask in (scaler.decide, scaler.explain, lambda: scaler.instances):
        with pytest.raises(
            outgrow.OutgrowError, match="how many instances run is unknown"
        ) as unknown:
            ask()
        assert unknown.value.option == "initial_instances"
    scaler.set_instances(3)
    assert scaler.decide() == scaler.instances == 3


def test_names_and_labels_that_are_not_utf8_are_refused():
    metrics, endpoints, half = outgrow.Metrics(), outgrow.Endpoints(), "caf\ud800"
    for call in (
        lambda: metrics.counter("a_total", "", half),
        lambda: metrics.gauge("a", half),
        lambda: metrics.add(half, Cache()),
        lambda: endpoints.add(half),
        lambda: endpoints.put("a", 1, half),
    ):
        with pytest.raises(outgrow.InvalidArgument, match="no text in UTF-8"):
            call()
    assert len(endpoints) == 0


def test_keys_are_bytes_however_they_are_given():
    cache = Cache(shards=1)
    cache.set("naïve🙂\0", b"1")
    for key in (
        "naïve🙂\0",
        "naïve🙂\0".encode(),
        bytearray("naïve🙂\0".encode()),
        memoryview("naïve🙂\0".encode()),
    ):
        assert cache.get(key) == b"1"
    assert cache.get("naïve🙂") is None
    huge = b"k" * (1 << 24)
    cache.set(huge, b"2")
    assert cache.get(huge) == b"2"


def test_codecs():
    assert Cache(codec="pickle").get("a") is None
    for codec, value in (("pickle", {"a": (1, 2)}), ("json", {"a": [1, 2]})):
        cache = Cache(codec=codec)
        cache.set("k", value)
        assert cache.get("k") == value

    class Upper:
        encode = staticmethod(lambda text: text.upper().encode())
        decode = staticmethod(lambda data: bytes(data).decode())

    cache = Cache(codec=Upper())
    cache.set("k", "abc")
    assert cache.get("k") == "ABC"


def test_decorators_and_with():
    clock = Clock.manual()
    limiter = RateLimiter("2/s", clock=clock)
    breaker = CircuitBreaker(failure_threshold=1, open_ms="5s", clock=clock)

    @limiter.limit(key=lambda client, **_: client)
    def hello(client, *, loud=False):
        """Greets."""
        return client.upper() if loud else client

    assert hello.__name__ == "hello" and hello.__doc__ == "Greets."
    assert hello("ann", loud=True) == "ANN" and hello("ann") == "ann" and hello("bob") == "bob"
    with pytest.raises(RateLimited) as denied:
        hello("ann")
    assert denied.value.retry_after == 0.5

    @breaker
    def fails():
        raise OSError("down")

    with pytest.raises(OSError):
        fails()
    with pytest.raises(CircuitOpen) as refused:
        fails()
    assert refused.value.retry_after == 5
    with pytest.raises(CircuitOpen):
        with breaker:
            pytest.fail("the block runs")
    clock.advance(5)
    with breaker:
        pass
    assert breaker.state is outgrow.BreakerState.HALF_OPEN


def test_answers_are_named_tuples_as_the_stubs_say():
    stubs = ast.parse((pathlib.Path(outgrow.__file__).parent / "_core.pyi").read_text())
    named = {
        made.name: tuple(part.target.id for part in made.body if isinstance(part, ast.AnnAssign))
        for made in stubs.body
        if isinstance(made, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id == "NamedTuple" for base in made.bases)
    }
    assert len(named) == 9
    for name, fields in named.items():
        assert getattr(outgrow, name)._fields == fields
    balancer = outgrow.Balancer(endpoints())
    first = balancer.acquire()
    assert (
        first == (first.ticket, 0) and first.index == 0 and hash(first) == hash((first.ticket, 0))
    )
    assert pickle.loads(pickle.dumps(first)) == first and balancer.release(first.ticket)


def test_stats_are_a_mapping():
    cache = Cache()
    cache.set("a", b"1")
    cache.get("a")
    assert cache.stats["hits"] == 1 and len(cache) == 1
    assert dict(cache.stats)["writes"] == 1 and set(cache.stats) == {
        s.name.lower() for s in outgrow.CacheStat
    }
    with pytest.raises(KeyError):
        cache.stats["nonsense"]


def test_threads_share_a_limit():
    limiter = RateLimiter("1000/s", clock=Clock.manual())
    passed = []

    def work():
        passed.append(sum(limiter.try_acquire("k") for _ in range(500)))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == 1000


def test_a_fork_goes_on_with_what_there_is():
    breaker, limiter = CircuitBreaker(), RateLimiter("5/h")
    store = CachedStore(Cache(), outgrow.Store(), mode="behind", flush_interval_ms=1)
    store.set("parent", b"1")
    child = os.fork()
    if child == 0:
        ok = sum(limiter.try_acquire("k") for _ in range(9)) == 5 and breaker.call(int) == 0
        store.set("child", b"2")
        os._exit(0 if ok and store.flush(5) == 0 and store.get("child") == b"2" else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert store.flush(5) == 0
    store.close()


def test_a_fork_forgets_what_the_parents_other_threads_were_at():
    clock = Clock.manual()  # which nobody moves: whoever waits for a thread that is not here hangs
    cache = Cache(lease_ms="1h", clock=clock)
    breaker = CircuitBreaker(
        failure_threshold=1, success_threshold=1, open_ms=1, half_open_permits=1, clock=clock
    )
    breaker.exit(breaker.enter(), False)
    clock.advance(1)
    entered, loading, over = threading.Event(), threading.Event(), threading.Event()
    loaded = []

    def inside():
        with breaker:  # the one half-open permit
            entered.set()
            over.wait()

    def load(_):
        loading.set()
        over.wait()
        return b"parent"

    def get():
        loaded.append(cache.get_or_load("k", load))

    threads = [threading.Thread(target=inside), threading.Thread(target=get)]
    for thread in threads:
        thread.start()
    entered.wait()
    loading.wait()
    threads.append(threading.Thread(target=get))
    threads[-1].start()
    while not cache._waiting:
        pass
    own = CircuitBreaker(failure_threshold=1)

    def child_is_right():
        # As many new threads get the gone ones' identities, and are not inside a block for that.
        together = threading.Barrier(len(threads))

        def stray():
            together.wait()
            breaker.__exit__(None, None, None)

        strays = [threading.Thread(target=stray) for _ in threads]
        for thread in strays:
            thread.start()
        for thread in strays:
            thread.join()
        return (
            breaker.state is outgrow.BreakerState.HALF_OPEN
            and not cache._waiting
            and cache.get_or_load("k", lambda _: b"child") == b"child" == cache.get("k")
        )

    with own:
        child = os.fork()
        if child == 0:
            signal.alarm(20)  # rather than hang
            right = child_is_right()
    if child == 0:  # out of the block that it came in by
        with pytest.raises(OSError), own:
            raise OSError
        os._exit(0 if right and own.state is outgrow.BreakerState.OPEN else 1)
    status = os.waitpid(child, 0)[1]
    over.set()
    for thread in threads:
        thread.join()
    assert status == 0 and loaded == [b"parent"] * 2
    assert breaker.state is outgrow.BreakerState.CLOSED and own.state is outgrow.BreakerState.CLOSED


def test_an_init_that_is_not_called_or_called_twice_is_an_error():
    class Forgets(Cache):
        def __init__(self):
            pass

    with pytest.raises(TypeError, match="__init__"):
        Forgets()

    cache = Cache(capacity_entries=16)
    cache.set("k", b"v")
    with pytest.raises(TypeError, match="made already"):
        cache.__init__()
    assert cache.get("k") == b"v"

    class Twice(Cache):
        def __init__(self):
            super().__init__()
            super().__init__()

    with pytest.raises(TypeError, match="made already"):
        Twice()

    class Named(RateLimiter):
        def __init__(self, name):
            super().__init__("1/s")
            self.name = name

    assert Named("x").try_acquire("k")


@pytest.mark.parametrize(
    "make, why",
    [
        (
            outgrow.Balancer,
            "Balancer(endpoints, *, clock=None, scope=None, name=None, **options): missing .*'endpoints'",
        ),
        (
            lambda: outgrow.Cache(1, 2, 3),
            "Cache(*, codec='bytes', clock=None, **options): too many",
        ),
        (lambda: outgrow.Balancer(5), "endpoints must be an Endpoints, not int"),
        (lambda: outgrow.ShardMap(5), "splits must be an iterable, not int"),
        (lambda: outgrow.RateLimiter("5/s", scope=5), "scope must be a Scope, not int"),
        (outgrow.Query, "a Query is not made by its class"),
        (lambda: outgrow.RateLimiter("5/s").acquire_many(5), "keys must be an iterable, not int"),
    ],
)
def test_what_a_noun_is_made_of_is_named(make, why):
    with pytest.raises(TypeError) as refused:
        make()
    head, _, rest = why.partition(".*")
    assert head in str(refused.value) and rest in str(refused.value)
    assert "supported" not in str(refused.value) and "Invoked" not in str(refused.value)


def test_enums_print_their_names():
    state = outgrow.CircuitBreaker().state
    assert f"{state} {state:>8} {state:d}" == "CLOSED   CLOSED 0"
    assert str(state) == "CLOSED" and state == 0
