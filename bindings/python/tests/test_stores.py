# SPDX-License-Identifier: Apache-2.0
"""Stores of the program's own: what they raise, and how stores end."""

import gc
import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
import warnings

import outgrow
import pytest
from outgrow import Cache, CachedStore, Clock, patterns


def test_a_store_of_the_hosts_own_and_its_exceptions():
    class Rows(dict):
        def set(self, key, value):
            if value == b"bad":
                raise KeyError("no bad rows")
            self[bytes(key)] = bytes(value)

        def get(self, key):
            return dict.get(self, bytes(key))

        def delete(self, key):
            self.pop(bytes(key), None)

    rows = Rows()
    store = outgrow.Store.of(rows)
    cached = CachedStore(Cache(), store, mode="through")
    cached.set("a", b"1")
    assert rows == {b"a": b"1"} and cached.get("a") == b"1"
    with pytest.raises(outgrow.StoreError, match="no bad rows") as failed:
        cached.set("a", b"bad")
    assert isinstance(failed.value.__cause__, KeyError)
    cached.delete("a")
    assert rows == {} and cached.get("a") is None


class Speechless(Exception):
    def __str__(self):
        raise ValueError("no words")


@pytest.mark.parametrize(
    "error, text",
    [
        (OSError("\ud800"), r"OSError: \ud800"),  # UTF-8 has no such letter
        (Speechless(), "Speechless"),
        (OSError("a\0b"), "OSError: a"),
        (json.JSONDecodeError("odd", "", 0), "JSONDecodeError: odd"),
    ],
)
def test_what_a_store_raises_need_not_be_text(error, text):
    class Failing:
        def get(self, key):
            raise error

        set = delete = get

    with pytest.raises(outgrow.StoreError, match=re.escape(text)) as failed:
        outgrow.Store.of(Failing()).get("k")
    assert failed.value.__cause__ is error


def behind(store=None):
    return CachedStore(Cache(), store or outgrow.Store(), mode="behind", flush_interval_ms=0)


UNCLOSED = {
    "CachedStore(mode=behind": lambda path: behind(),
    "Store(kind=sqlite, path=": lambda path: outgrow.Store(kind="sqlite", path=path),
}


@pytest.mark.parametrize("text", UNCLOSED)
def test_who_leaves_it_open_is_warned(text, tmp_path):
    path = str(tmp_path / "rows.db")
    gc.collect()  # what others left open
    with pytest.warns(ResourceWarning, match="unclosed") as warned:
        UNCLOSED[text](path)
    assert len(warned) == 1 and str(warned[0].message).replace("'", "").startswith(
        f"unclosed {text}"
    )
    with pytest.warns(ResourceWarning) as warned:  # by the collector, as well
        noun = UNCLOSED[text](path)
        cycle = [noun]
        cycle.append(cycle)
        del noun, cycle
        gc.collect()
    assert len(warned) == 1


def test_who_closes_it_or_has_nothing_open_is_not_warned(tmp_path):
    gc.collect()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for make in UNCLOSED.values():
            with make(str(tmp_path / "rows.db")):
                pass
            noun = make(str(tmp_path / "rows.db"))
            noun.close()
            del noun
        outgrow.Store(kind="memory")
        CachedStore(Cache(), outgrow.Store(), mode="through").set("k", b"v")
        patterns.WriteBehindCache(Cache(codec="pickle"), None, clock=Clock.manual())
        gc.collect()
    assert not warned


def test_a_warning_that_is_an_error_leaves_what_is_being_raised(monkeypatch):
    unraisable = []
    monkeypatch.setattr(sys, "unraisablehook", lambda seen: unraisable.append(seen.exc_type))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ZeroDivisionError):
            [behind(), 1 // 0]  # the store goes while that is being raised
    assert unraisable == [ResourceWarning]


def test_what_is_forgotten_is_written_all_the_same(tmp_path):
    path = str(tmp_path / "rows.db")
    program = f"""
import outgrow
store = outgrow.CachedStore(outgrow.Cache(), outgrow.Store(kind="sqlite", path={path!r}), mode="behind",
                            flush_interval_ms="1h")
store.set("k", b"v")
"""
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-c", program], capture_output=True, text=True
    )
    assert ended.returncode == 0 and ended.stderr.count("ResourceWarning: unclosed") == 2, (
        ended.stderr
    )
    with outgrow.Store(kind="sqlite", path=path) as store:
        assert store.get("k") == b"v"


class Down(dict):
    def set(self, key, value):
        raise ConnectionError("down")

    get = delete = set


def test_closing_tells_what_is_lost():
    cached = CachedStore(Cache(), Down(), mode="behind", clock=Clock.manual())
    with pytest.raises(
        outgrow.StoreError, match="closed with 2 writes that had not reached the store"
    ):
        with cached:
            cached.set("a", b"1")
            cached.set("b", b"2")
    assert cached.closed
    cached.close()


def test_what_drain_has_told_closing_does_not_tell_again():
    with CachedStore(Cache(), Down(), mode="behind", clock=Clock.manual()) as cached:
        cached.set("a", b"1")
        assert cached.drain(0) == 1
        assert [letter.key for letter in cached.dead_letters()] == [b"a"]


def test_what_is_tried_too_often_while_closing_has_not_reached_the_store():
    cached = CachedStore(Cache(), Down(), mode="behind", retry_attempts=1)
    cached.set("a", b"1")
    with pytest.raises(outgrow.StoreError, match="closed with 1 writes"):
        cached.close()


class Interrupted(Exception):
    """What the handler of a signal raises."""


@pytest.mark.parametrize("wait", ["flush", "drain", "close"])
@pytest.mark.parametrize("thread", ["auto", "none"])
def test_waiting_for_the_store_sees_signals(wait, thread, tmp_path):
    def handler(*_):
        raise Interrupted

    path = str(tmp_path / "data")
    store = outgrow.Store(kind="sqlite", path=path, busy_timeout_ms="1h")
    cached = CachedStore(
        Cache(), store, mode="behind", drain_ms="1h", thread=thread, retry_attempts=0
    )
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    cached.set("k", b"v")
    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        began = time.monotonic()
        with pytest.raises(Interrupted):
            getattr(cached, wait)()
        assert time.monotonic() - began < 10
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert cached.stats["pending"] == 1 and cached.stats["dead_letters"] == 0
    other.execute("commit")
    cached.close()  # what was interrupted is not lost
    assert store.get("k") == b"v"


def test_the_oldest_write_holds_writers_back():
    clock = Clock.manual()
    rows = outgrow.Store()
    with CachedStore(
        Cache(),
        rows,
        mode="behind",
        full="refuse",
        flush_interval_ms="100ms",
        max_age_ms="1s",
        clock=clock,
    ) as cached:
        cached.set("a", b"1")
        clock.advance(0.999)
        cached.set("b", b"1")
        clock.advance(0.001)
        with pytest.raises(outgrow.Full, match="max_age_ms"):
            cached.set("c", b"1")
        assert cached.stats["oldest_age"] == 1_000_000_000
        cached.pump()
        assert cached.stats["oldest_age"] == 0
        cached.set("c", b"1")
    with pytest.raises(outgrow.BadValue, match="more than flush_interval_ms, 5000 ms"):
        CachedStore(Cache(), rows, mode="behind", max_age_ms="5s")


def test_a_store_that_calls_back_for_its_own_key_is_told_so():
    class Rows(dict):
        def get(self, key):
            return dict.get(self, key)

        def set(self, key, value):
            told.append(pytest.raises(ValueError, cached.set, key, value))
            self[key] = value

        def delete(self, key):
            del self[key]

    told = []
    rows = Rows()
    for mode in ("through", "aside"):
        cached = CachedStore(Cache(), rows, mode=mode)
        cached.set("k", b"v")
        assert rows.pop(b"k") == b"v"
        assert "wrote that key" in str(told.pop().value)


def test_a_cached_store_has_what_it_was_made_of():
    cache, rows = Cache(), outgrow.Store()
    with CachedStore(cache, rows, codec="json") as cached:
        assert (cached.cache, cached.store, cached.codec) == (cache, rows, "json")
    assert cache.set_absent("k") is True and "k" not in cache
