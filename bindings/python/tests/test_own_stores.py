# SPDX-License-Identifier: Apache-2.0
"""What a store of the program's own raises, and what is not to be awaited in it."""

import asyncio

import outgrow
import pytest
from outgrow import Cache, CachedStore, Clock, Store


class Own:
    """Raises what it is told to, from each of its functions."""

    def __init__(self, error, batched=False):
        self.error, self.calls = error, 0
        if batched:
            self.batch_write = lambda writes: self.get(None)

    def get(self, key):
        self.calls += 1
        if self.error is not None:
            raise self.error

    def set(self, key, value):
        self.get(key)

    delete = get


class Ends(BaseException):
    pass


KEPT = []  # or they would be closed, and try again, while their error is raised


def behind(own, **options):
    store = CachedStore(Cache(), own, mode="behind", flush_interval_ms=0, **options)
    store.set("k", b"v")
    KEPT.append(store)
    return store


@pytest.fixture(autouse=True)
def none_is_kept():
    yield
    KEPT.clear()


CALLS = {
    "Store.get": lambda own: Store.of(own).get("k"),
    "Store.set": lambda own: Store.of(own).set("k", b"v"),
    "Store.delete": lambda own: Store.of(own).delete("k"),
    "Store.batch_write": lambda own: Store.of(own).batch_write([("k", b"v")]),
    "get": lambda own: CachedStore(Cache(), own).get("k"),
    "get_detailed": lambda own: CachedStore(Cache(), own).get_detailed("k"),
    "get_many": lambda own: CachedStore(Cache(), own).get_many(["a", "b"]),
    "getitem": lambda own: CachedStore(Cache(), own)["k"],
    "aside set": lambda own: CachedStore(Cache(), own).set("k", b"v"),
    "through set": lambda own: CachedStore(Cache(), own, mode="through").set("k", b"v"),
    "through delete": lambda own: CachedStore(Cache(), own, mode="through").delete("k"),
    "pump": lambda own: behind(own).pump(),
    "flush": lambda own: behind(own).flush(),
    "drain": lambda own: behind(own).drain(),
    "close": lambda own: behind(own, drain_ms="10m").close(),
    "with": lambda own: behind(own, drain_ms="10m").__exit__(None, None, None),
    "by hand": lambda own: behind(own, clock=Clock.manual()).flush(),
}


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("batched", [False, True], ids=["single", "batched"])
@pytest.mark.parametrize(
    "error",
    [
        SystemExit("bye"),
        KeyboardInterrupt(),
        Ends("now"),
        asyncio.CancelledError(),
        GeneratorExit(),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("call", CALLS)
def test_what_is_no_exception_reaches_the_caller_as_it_was(call, error, batched):
    own = Own(error, batched)
    with pytest.raises(type(error)) as caught:
        CALLS[call](own)
    assert caught.value is error and error.__cause__ is None
    assert own.calls == 1  # it is not called again
    assert any(frame.name == "get" for frame in caught.traceback)
    own.error = None


@pytest.mark.parametrize("call", ["Store.get", "through set", "aside set"])
def test_an_exception_is_the_cause_of_a_store_error(call):
    error = LookupError("no")
    with pytest.raises(outgrow.StoreError) as caught:
        CALLS[call](Own(error))
    assert caught.value.__cause__ is error


async def later(*_):
    pass


class Method:
    def __init__(self, name):
        for each in ("get", "set", "delete", "batch_write"):
            setattr(self, each, later if each == name else lambda *given: None)


class LateMethods:
    """Plain functions that give something to be awaited."""

    def get(self, key, *_):
        return later()

    set = delete = batch_write = get


@pytest.mark.parametrize("name", ["get", "set", "delete", "batch_write"])
@pytest.mark.parametrize(
    "make", [Store.of, lambda own: CachedStore(Cache(), own)], ids=["Store", "CachedStore"]
)
def test_a_store_with_an_async_function_is_a_type_error_when_it_is_made(make, name):
    with pytest.raises(TypeError, match=f"{name} of Method is async"):
        make(Method(name))


def test_a_store_whose_function_gives_an_awaitable_has_not_answered():
    store = Store.of(LateMethods())
    for call in (
        lambda: store.get("k"),
        lambda: store.set("k", b"v"),
        lambda: store.delete("k"),
        lambda: store.batch_write([("k", b"v")]),
    ):
        with pytest.raises(outgrow.StoreError, match="returned an awaitable") as failed:
            call()
        assert isinstance(failed.value.__cause__, TypeError)
