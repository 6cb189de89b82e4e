# SPDX-License-Identifier: Apache-2.0
"""Stores of the host's own: what they raise, and how stores end."""

import json
import re

import outgrow
import pytest
from outgrow import Cache, CachedStore


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
