# SPDX-License-Identifier: Apache-2.0
"""The doors of all nouns: closed while an argument is converted, made without __init__, made twice, copied."""

import asyncio
import contextlib
import copy
import os
import pickle
import threading

import outgrow
import pytest
from outgrow import (
    AutoScaler,
    Balancer,
    Cache,
    CachedStore,
    Capacity,
    CircuitBreaker,
    Clock,
    ClosedError,
    ConcurrencyLimiter,
    Endpoints,
    Gather,
    Metrics,
    RateLimiter,
    ReplicaRouter,
    Service,
    ShardMap,
    Sizer,
    Slo,
    Store,
)

ARMED = []


class Codec:
    """Closes what is armed, from within a call's own encode or decode."""

    def encode(self, value):
        close_armed()
        return getattr(value, "value", value)

    def decode(self, data):
        close_armed()
        return bytes(data)


def close_armed():
    while ARMED:
        with contextlib.suppress(outgrow.StoreError):  # a batch that is out
            ARMED.pop().close()


class Stands:
    """Stands for a value; whatever asks for it closes what is armed."""

    def __init__(self, value):
        self.value = value


class Number(Stands):
    def __index__(self):
        close_armed()
        return self.value

    def __bool__(self):
        close_armed()
        return bool(self.value)


class Several(Stands):
    def __iter__(self):
        close_armed()
        return iter(self.value)


class Buffer(Stands):
    def __buffer__(self, flags):  # asked from Python 3.12 on
        close_armed()
        return memoryview(
            bytearray(self.value.encode() if isinstance(self.value, str) else self.value)
        )


def Closing(value):
    return (Number if isinstance(value, int) else Several if isinstance(value, list) else Buffer)(
        value
    )


def endpoints():
    made = Endpoints()
    made.add("a")
    return made


def cached_store(mode="behind"):
    store = CachedStore(
        Cache(), Store(), mode=mode, codec=Codec(), thread="none", flush_interval_ms=0
    )
    store.set("k", b"v")
    return store


def query():
    return Gather().start(2)


NOUNS = {
    "AutoScaler": AutoScaler,
    "Balancer": lambda: Balancer(endpoints()),
    "Batch": lambda: cached_store().take_batch(),
    "Cache": lambda: Cache(codec=Codec()),
    "CachedStore": cached_store,
    "CircuitBreaker": CircuitBreaker,
    "Clock": Clock.manual,
    "ConcurrencyLimiter": lambda: ConcurrencyLimiter(2),
    "Endpoints": endpoints,
    "Gather": Gather,
    "Metrics": Metrics,
    "Query": query,
    "RateLimiter": lambda: RateLimiter("1/s"),
    "ReplicaRouter": lambda: ReplicaRouter(replicas=2),
    "Scope": lambda: outgrow.Scope.host(scope_name()),
    "Service": lambda: Service(
        limiter={"rate": "9/s"}, servers="a", cache={"ttl_ms": 100}, codec=Codec()
    ),
    "ShardMap": lambda: ShardMap(shards=4),
    **{noun.__name__: noun for noun in (Capacity, Sizer, Slo, Store)},
}


def planner():
    capacity = Capacity(service_ms="1min")
    for n in range(1, 8):
        capacity.observe(n, 10 * n)
    return capacity


# What a noun gives that never changes.
RECORDS = {
    "Decision": lambda: AutoScaler(initial_instances=1).explain(),
    "Sizing": lambda: (s := Sizer(), s.observe_cpu(1), s.recommend())[-1],
    "Staffing": lambda: planner().staff(10),
    "UslFit": lambda: planner().fit(),
}

# What each parameter takes; of the methods' own where that differs.
VALUES = {
    "key": "j",
    "keys": ["a", "b"],
    "costs": [1, 1],
    "client": "c",
    "value": b"v",
    "row": b"r",
    "rows": [b"r"],
    "out": bytearray(8),
    "buffer": bytearray(8),
    "default": None,
    "absent": None,
    "name": "n",
    "zone": "z",
    "help": "",
    "instance": "",
    "message": "m",
    "plan": "default",
    "loader": lambda key: b"v",
    "writes": [("k", b"v")],
    "shards": [0, 1],
    "at_ns": [1],
    "request_rates": [2],
    "first": "a",
    "end": "b",
    "result": 0,
    "reason": 1,
    "success": True,
    "write": False,
    "healthy": True,
    "type": None,
    "traceback": None,
}
OWN = {
    "ShardMap.of_many": {"keys": [1, 2]},
    "AutoScaler.observe_metric": {"value": 1},
    "AutoScaler.observe_named": {"value": 1},
    "Metrics.set": {"value": 1},
    "Balancer.pick_many": {"keys": ["a"]},
    "Query.row_many": {"keys": ["k"]},
    "Service.end": {"absent": False},
    "Service._end": {"absent": False},
    "Metrics.counter": {"name": "n_total"},
}
# Arguments that are themselves nouns, of those that the test makes anew each time.
NOUN_ARGUMENTS = {
    "noun": Clock.manual,
    "next": lambda: ShardMap(shards=2),
    "to": lambda: ShardMap(shards=2),
}


def scope_name():
    return f"/outgrow-python-doors-{os.getpid()}"


@pytest.fixture(scope="module", autouse=True)
def no_scope_stays():
    yield
    try:
        outgrow.Scope.remove(scope_name())
    except outgrow.OutgrowError:
        pass


def methods():
    for name in NOUNS:
        for attribute, member in vars(getattr(outgrow, name)).items():
            if type(member).__name__ == "method_descriptor" and attribute not in (
                "close",
                "__exit__",
                "__aexit__",
            ):
                yield name, attribute, member.__text_signature__ or "($self)"


def parameters(signature):
    """(name, whether it must be given)"""
    for part in signature.strip("()").split(", "):
        if part not in ("$self", "*", "/", "function", "*args", "**kwargs"):
            yield part.split("=")[0], "=" not in part


def value_of(noun, method, parameter, made):
    if parameter == "batch":
        return made.take_batch() or cached_store().take_batch()
    if parameter in NOUN_ARGUMENTS:
        return NOUN_ARGUMENTS[parameter]()
    return OWN.get(f"{noun}.{method}", {}).get(parameter, VALUES.get(parameter, 1))


CASES = [
    (noun, method, parameter)
    for noun, method, signature in methods()
    for parameter, _ in parameters(signature)
]
RAN = set()


def arguments_of(noun, method, made):
    signature = getattr(getattr(outgrow, noun), method).__text_signature__
    return {
        name: value_of(noun, method, name, made)
        for name, required in parameters(signature)
        if required
    }


@pytest.mark.parametrize("noun, method, parameter", CASES, ids=map(".".join, CASES))
def test_closed_while_an_argument_is_converted_is_a_closed_error(noun, method, parameter):
    made = NOUNS[noun]()
    given = arguments_of(noun, method, made)
    value = value_of(noun, method, parameter, made)
    given[parameter] = Closing(value)
    ARMED[:] = [made]
    try:
        with pytest.raises((ClosedError, TypeError)) as caught:
            getattr(type(made), method)(made, **given)
            if not made.closed:
                raise TypeError("not asked")
        if made.closed:
            assert caught.type is ClosedError
            RAN.add((noun, method, parameter))
    finally:
        ARMED.clear()


def test_a_closing_conversion_was_met_at_the_doors_that_have_one():
    """By the table above: each noun with a method that takes a number was closed at it."""
    if len(RAN) == 0:
        pytest.skip("the table did not run")
    for noun, method, parameter in CASES:
        if parameter in (
            "now_ns",
            "cost",
            "permit",
            "ticket",
            "lease",
            "index",
            "which",
            "weight",
            "ttl_ns",
            "by_ns",
            "count",
            "node",
            "shard",
            "server",
            "keys",
            "costs",
            "rows",
            "shards",
        ):
            assert (noun, method, parameter) in RAN, f"{noun}.{method}({parameter}=)"


@pytest.mark.parametrize(
    "noun, call",
    [
        ("Cache", lambda made: made.set("k", b"v")),
        ("Cache", lambda made: made.__setitem__("k", b"v")),
        ("Cache", lambda made: made.fill("k", made.get_or_lease("k").result, b"v")),
        ("Cache", lambda made: made.get_or_load("k", lambda key: b"v")),
        ("CachedStore", lambda made: made.set("k", b"v")),
        ("CachedStore", lambda made: made.__setitem__("k", b"v")),
        ("Service", lambda made: made.end(made.begin("c", "k").result, True, b"v")),
    ],
)
def test_closed_by_its_codec_is_a_closed_error(noun, call):
    made = NOUNS[noun]()
    ARMED[:] = [made]
    with pytest.raises(ClosedError):
        call(made)
    assert made.closed


@pytest.mark.parametrize(
    "noun, call, answer",
    [
        ("Cache", lambda made: made.get("k"), b"v"),
        ("Cache", lambda made: made["k"], b"v"),
        ("Cache", lambda made: made.get_many(["k", "k"]), [b"v", b"v"]),
        ("Cache", lambda made: made.get_or_lease("k").value, b"v"),
        ("CachedStore", lambda made: made.get("k"), b"v"),
        ("CachedStore", lambda made: made.get_many(["k", "k"]), [b"v", b"v"]),
    ],
)
def test_what_was_read_before_its_codec_closes_is_given(noun, call, answer):
    made = NOUNS[noun]()
    made.set("k", b"v")
    ARMED[:] = [made]
    assert call(made) == answer and made.closed


def test_functions_and_keys_that_close_their_guard():
    limiter, cache = RateLimiter("1/s"), Cache(codec="pickle")
    breaker, bulkhead = CircuitBreaker(), ConcurrencyLimiter(1)

    def closing(noun, answer="k"):
        noun.close()
        return answer

    with pytest.raises(ClosedError):
        limiter.limit(key=lambda: closing(limiter))(int)()
    with pytest.raises(ClosedError):
        cache.cached(key=lambda: closing(cache))(int)()
    assert breaker.call(closing, breaker, 1) == 1 and breaker(closing)  # the call was well
    assert bulkhead(lambda: closing(bulkhead, 2))() == 2
    with pytest.raises(ClosedError):
        breaker.call(int)


@pytest.mark.parametrize(
    "make",
    [
        lambda closes: Balancer(closes(endpoints()), block_size=Closing(1)),
        lambda closes: Balancer(closes(endpoints()), tickets=Closing(1)),
        lambda closes: CachedStore(closes(Cache()), Store(), wait_ms=Closing(1)),
        lambda closes: CachedStore(Cache(), closes(Store()), wait_ms=Closing(1)),
        lambda closes: RateLimiter("1/s", keys=Closing(10), clock=closes(Clock.manual())),
        lambda closes: RateLimiter(
            "1/s", keys=Closing(10), scope=closes(outgrow.Scope.host(scope_name())), name="x"
        ),
        lambda closes: Service(
            limiter={"rate": "1/s", "keys": Closing(10)}, clock=closes(Clock.manual())
        ),
    ],
)
def test_closed_while_an_option_is_converted_is_a_closed_error(make):
    def closes(noun):
        ARMED[:] = [noun]
        return noun

    with pytest.raises((ClosedError, outgrow.UnknownOption)) as caught:
        make(closes)
    assert caught.type is ClosedError or not ARMED


def test_closed_by_another_thread_under_a_call():
    entered, leave = threading.Event(), threading.Event()

    class Slow:
        def get(self, key):
            entered.set()
            assert leave.wait(60)
            return b"v"

        def set(self, key, value):
            pass

        def delete(self, key):
            pass

    for make in (Store.of, lambda own: CachedStore(Cache(), own)):
        entered.clear(), leave.clear()
        noun, answers = make(Slow()), []
        reader = threading.Thread(target=lambda: answers.append(noun.get("k")))
        reader.start()
        assert entered.wait(60)
        noun.close()
        assert noun.closed
        with pytest.raises(ClosedError):
            noun.get("k")
        leave.set()
        reader.join()
        assert answers == [b"v"]


PLAIN = (
    "__new__",
    "__init__",
    "__doc__",
    "__module__",
    "__dict__",
    "__weakref__",
    "__hash__",
    "__qualname__",
    "__annotations__",
    "__static_attributes__",
    "__firstlineno__",
    "__del__",
    "__bool__",
)
# These give something that asks the noun later.
LATER = {"RateLimiter": ["acquire", "limit"], "Cache": ["cached"], "Query": ["__iter__"]}


@pytest.mark.parametrize("noun", [*NOUNS, *RECORDS])
def test_a_noun_made_without_its_init_is_an_error_at_every_member(noun):
    kind = getattr(outgrow, noun)
    for attribute, member in vars(kind).items():
        if attribute in (*PLAIN, *LATER.get(noun, ())) or isinstance(member, (str, staticmethod)):
            continue
        unmade = kind.__new__(kind)
        if isinstance(member, property):
            with pytest.raises(ClosedError, match=f"{kind.__name__} was made without its __init__"):
                dict(getattr(unmade, attribute)) if attribute == "stats" else getattr(
                    unmade, attribute
                )
        elif callable(member):
            signature = getattr(member, "__text_signature__", None)
            given = {}
            if type(member).__name__ == "method_descriptor" and signature and attribute != "call":
                given = {
                    name: VALUES.get(name, 1)
                    for name, required in parameters(signature)
                    if required
                }
            with pytest.raises((ClosedError, TypeError)):
                member(unmade, **given)
            if given or attribute in (
                "close",
                "clear",
                "decide",
                "now",
                "reset",
                "render",
                "__enter__",
            ):
                with pytest.raises(ClosedError, match="without its __init__"):
                    member(unmade, **given)


def test_unmade_nouns_given_to_others_are_errors():
    def unmade(kind):
        return kind.__new__(kind)

    for make in (
        lambda: asyncio.run(unmade(RateLimiter).acquire()),
        lambda: unmade(Cache).cached()(len)("k"),
        lambda: unmade(RateLimiter).limit()(len)("k"),
        lambda: next(iter(unmade(outgrow.Query))),
        lambda: RateLimiter("1/s", clock=unmade(Clock)),
        lambda: Balancer(unmade(Endpoints)),
        lambda: CachedStore(unmade(Cache), Store()),
        lambda: CachedStore(Cache(), unmade(Store)),
        lambda: Metrics().add("x", unmade(Cache)),
        lambda: ShardMap(shards=2).assign(unmade(ShardMap)),
        lambda: RateLimiter("1/s", scope=unmade(outgrow.Scope), name="x"),
        lambda: cached_store().batch_done(unmade(outgrow.Batch)),
    ):
        with pytest.raises(ClosedError, match="without its __init__"):
            make()


@pytest.mark.parametrize("noun", [*NOUNS, *RECORDS])
def test_nouns_are_not_copied_and_not_pickled(noun):
    made = (NOUNS | RECORDS)[noun]()
    for take in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="pickle"):
            take(made)
