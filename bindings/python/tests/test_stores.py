# SPDX-License-Identifier: Apache-2.0
"""Stores of the host's own: what they raise, and how stores end."""

import gc
import json
import re
import subprocess
import sys
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


@pytest.mark.parametrize("error, text", [
    (OSError("\ud800"), r"OSError: \ud800"),  # UTF-8 has no such letter
    (Speechless(), "Speechless"),
    (OSError("a\0b"), "OSError: a"),
    (json.JSONDecodeError("odd", "", 0), "JSONDecodeError: odd"),
])
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
    assert len(warned) == 1 and str(warned[0].message).replace("'", "").startswith(f"unclosed {text}")
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
    ended = subprocess.run([sys.executable, "-X", "dev", "-c", program], capture_output=True, text=True)
    assert ended.returncode == 0 and ended.stderr.count("ResourceWarning: unclosed") == 2, ended.stderr
    with outgrow.Store(kind="sqlite", path=path) as store:
        assert store.get("k") == b"v"


class Down(dict):
    def set(self, key, value):
        raise ConnectionError("down")

    get = delete = set


def test_closing_tells_what_is_lost():
    cached = CachedStore(Cache(), Down(), mode="behind", clock=Clock.manual())
    with pytest.raises(outgrow.StoreError, match="closed with 2 writes that had not reached the store"):
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
