# SPDX-License-Identifier: Apache-2.0
"""Nouns in cycles of references are collected, and what they have to write first is written."""

import gc
import weakref

import outgrow
import pytest
from leaks import leaves_nothing
from outgrow import Cache, CachedStore, CircuitBreaker, Clock, Metrics, Service


class Knot:
    """An object to tie a cycle with; a codec, and a store that writes down what it is given."""

    def __init__(self):
        self.written = []

    def encode(self, value):
        return value

    decode = encode

    def get(self, key):
        return None

    def set(self, key, value):
        self.written.append((key, value))

    def delete(self, key):
        pass


def by_codec(kind, *args):
    knot = Knot()
    knot.noun = kind(*args, codec=knot)
    return knot


def by_closure():
    knot, cache = Knot(), Cache(codec="json")

    @cache.cached()
    def get(number):
        return [cache.get("none"), knot and number]

    assert get(1) == [None, 1]
    knot.get = get
    return knot


def by_those_who_wait():
    knot, cache = Knot(), Cache()
    cache._waiting[b"k"] = [knot.get]
    knot.cache = cache
    return knot


def by_sleepers():
    knot, clock = Knot(), Clock.manual()
    clock._watchers.append(knot.get)
    knot.breaker = CircuitBreaker(clock=clock)
    return knot


def by_ignored():
    knot = Knot()

    class Harmless(Exception):
        breaker = None
        keeps = knot

    Harmless.breaker = CircuitBreaker(ignore=(Harmless, KeyError))
    knot.harmless = Harmless
    return knot


def by_store():
    knot = Knot()
    knot.store = outgrow.Store.of(knot)
    return knot


def by_cached_store(mode="through"):
    knot = Knot()
    knot.cached = CachedStore(Cache(), knot, mode=mode)
    knot.cached.set("k", b"v")
    return knot


def by_cached_store_whose_store_is_closed():
    knot = by_cached_store()
    knot.cached.store.close()
    knot.cached.set("l", b"w")
    assert knot.written == [(b"k", b"v"), (b"l", b"w")]
    return knot


def by_batch():
    knot = by_cached_store("behind")
    knot.cached.set("l", b"w")
    knot.batch = knot.cached.take_batch(now_ns=2**62)
    assert knot.batch
    return knot


def by_metrics(mode="through"):
    knot = by_cached_store(mode)
    knot.metrics = Metrics()
    knot.metrics.add("cached", knot.cached)
    knot.metrics.add("store", knot.cached.store)
    return knot


def by_metrics_behind():
    return by_metrics("behind")


def by_itself():
    class Mine(CachedStore):
        def __init__(self, knot):
            super().__init__(Cache(), knot, mode="behind")
            self.itself = self
            knot.cached = self

    knot = Knot()
    Mine(knot).set("k", b"v")
    return knot


CYCLES = {
    "Cache's codec": lambda: by_codec(Cache),
    "Service's codec": lambda: by_codec(Service),
    "CachedStore's codec": lambda: by_codec(CachedStore, Cache(), outgrow.Store()),
    "closure": by_closure,
    "those who wait": by_those_who_wait,
    "sleepers": by_sleepers,
    "ignored exceptions": by_ignored,
    "store": by_store,
    "cached store": by_cached_store,
    "subclass": by_itself,
    "cached store whose store is closed": by_cached_store_whose_store_is_closed,
    "write-behind": lambda: by_cached_store("behind"),
    "batch": by_batch,
    "metrics": by_metrics,
}


@pytest.mark.parametrize("made", CYCLES)
def test_a_noun_in_a_cycle_is_collected(made):
    alive = [weakref.ref(CYCLES[made]()) for _ in range(20)]
    for _ in range(3):  # what a finalizer closes goes with the next collection
        gc.collect()
    assert not [one for one in alive if one()]


@pytest.mark.parametrize("made", CYCLES)
def test_cycles_leave_nothing(made):
    def call():
        for _ in range(50):
            CYCLES[made]()
        gc.collect()

    leaves_nothing(call, times=20, things=50)


@pytest.mark.parametrize("made", CYCLES)
def test_a_noun_in_a_cycle_stays_while_it_is_in_use(made):
    knot = CYCLES[made]()
    gc.collect()
    for noun in vars(knot).values():
        assert not getattr(noun, "closed", False) or made.endswith("closed")


def test_what_is_buffered_is_written_before_the_cycle_is_taken_apart():
    written = []
    for number in range(20):
        knot = by_cached_store("behind")
        knot.written = written
        knot.cached.set(f"more {number}", b"v")
    del knot
    gc.collect()
    assert len(written) == 40


@pytest.mark.parametrize("tie", [by_metrics_behind, by_batch, by_itself])
def test_whoever_keeps_a_cached_store_lets_go_of_it_before_that_too(tie):
    written = []
    for _ in range(20):
        tie().written = written
    gc.collect()
    assert len(written) >= 20


def test_a_cached_store_that_is_shown_writes_to_its_store_as_long_as_it_is():
    metrics, knot = Metrics(), by_cached_store("behind")
    written = knot.written
    metrics.add("cached", knot.cached)
    del knot
    gc.collect()
    assert written == []
    assert metrics.remove("cached") == 1
    gc.collect()
    assert written == [(b"k", b"v")]


def test_a_batch_keeps_where_it_came_from():
    batch = by_batch().batch
    gc.collect()
    assert len(batch) == 2
