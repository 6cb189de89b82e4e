# SPDX-License-Identifier: Apache-2.0
"""What ends a wait from outside: a signal's handler, and what a store of the program's own raises."""

import subprocess
import sys

import outgrow
import pytest
from outgrow import Cache, CachedStore


class Own:
    """Raises what it is told to, from each of its functions; else takes what is written."""

    def __init__(self, error):
        self.error, self.calls, self.written = error, 0, []

    def get(self, key):
        self.calls += 1
        if self.error is not None:
            raise self.error

    def set(self, key, value):
        self.get(key)
        self.written.append(key)

    delete = get


def behind(own, **options):
    store = CachedStore(Cache(), own, mode="behind", flush_interval_ms=0, **options)
    store.set("k", b"v")
    return store


@pytest.mark.parametrize(
    "error", [SystemExit("bye"), KeyboardInterrupt()], ids=lambda error: type(error).__name__
)
@pytest.mark.parametrize(
    "wait",
    [lambda store: store.flush(600), lambda store: store.drain(600), lambda store: store.close()],
    ids=["flush", "drain", "close"],
)
def test_a_store_that_ends_the_program_ends_the_wait_and_loses_nothing(wait, error):
    own = Own(error)
    store = behind(own, retry_base_ms="1h", drain_ms="10m")
    with pytest.raises(type(error)) as caught:
        wait(store)
    assert caught.value is error and own.calls == 1 and not store.closed
    own.error = None
    store.close()
    assert store.closed and own.written == [b"k"]


PROGRAM = """
import os, signal, sqlite3, sys, threading, time
import outgrow
from outgrow import *
sent = []
def send():
    sent.append(time.monotonic())
    os.kill(os.getpid(), signal.SIGINT)
def interrupted(call):
    del sent[:]
    threading.Timer(0.2, send).start()
    try:
        call()
        for _ in range(100): pass  # what a finalizer was told comes with the next instruction
    except KeyboardInterrupt:
        return time.monotonic() - sent[0]
path, which = sys.argv[1:]
kept = []
rows = Store(kind="sqlite", path=path)
lock = sqlite3.connect(path, isolation_level=None)
lock.execute("begin immediate")
new = sqlite3.connect(path + "2", isolation_level=None)
new.execute("begin exclusive")
class Down:
    def get(self, key): raise OSError("down")
    set = delete = get
def locked(**options):
    store = CachedStore(Cache(), rows, mode="behind", retry_attempts=1000, flush_interval_ms=0, **options)
    store.set("k", b"v")
    kept.append(store)
    return store
def own(**options):
    store = CachedStore(Cache(), Down(), mode="behind", retry_attempts=1000, retry_base_ms="1m", flush_interval_ms=0,
                        **options)
    store.set("k", b"v")
    store.pump()
    kept.append(store)
    return store
cache, service = Cache(lease_ms="1h"), Service(cache={"lease_ms": "1h"}, call_ms="1h")
leased = cache.get_or_lease("k"), service.begin("c", "k")
limiter = RateLimiter("1/h")
limiter.try_acquire("k")
class Slow(Down):
    def set(self, key, value=None):
        time.sleep(60)
    get = delete = set
def behind_another(call, store, **options):
    # The caller waits for this other thread's call of the same key.
    store = CachedStore(Cache(lease_ms="1h"), store, **options)
    kept.append(store)
    threading.Thread(target=call, args=(store,), daemon=True).start()
    time.sleep(0.1)
    return store
def full():
    store = CachedStore(Cache(), rows, mode="behind", full="block", full_wait_ms="1h", buffer_entries=1)
    kept.append(store)
    store.set("a", b"v")
    return store
def let_go():
    locked(drain_ms="10m")
    kept.clear()
long = Store(kind="sqlite", path=path, busy_timeout_ms="1h")
CALLS = {
    "read": lambda: behind_another(lambda store: store.get("k"), Slow(), wait_ms="1h").get("k"),
    "read many": lambda: behind_another(lambda store: store.get("k"), Slow(), wait_ms="1h").get_many(["k"]),
    "write": lambda: behind_another(lambda store: store.set("k", b"v"), Slow(), mode="through").set("k", b"w"),
    "full": lambda: full().set("b", b"v"),
    "pump": lambda: locked(drain_ms=0, thread="none").pump(),
    "sqlite": lambda: long.set("k", b"v"),
    "sqlite batch": lambda: long.batch_write([("k", b"v"), ("l", b"v")]),
    "sqlite open": lambda: Store(kind="sqlite", path=path + "2", busy_timeout_ms="1h"),
    "let go": let_go,
    "flush": lambda: locked(drain_ms=0).flush(),
    "flush for": lambda: locked(drain_ms=0).flush(600),
    "drain": lambda: locked(drain_ms=0).drain(),
    "close": lambda: locked(drain_ms="10m").close(),
    "own flush": lambda: own(drain_ms=0).flush(),
    "own close": lambda: own(drain_ms=600_000).close(),
    "cache": lambda: cache.get_or_load("k", lambda key: b"v"),
    "service": lambda: service.read("c", "k", lambda *at: b"v"),
    "limiter": lambda: limiter.wait("k"),
}
print(interrupted(CALLS[which]), flush=True)
os._exit(0)
"""
WAITS = [
    "read",
    "read many",
    "write",
    "full",
    "pump",
    "sqlite",
    "sqlite batch",
    "sqlite open",
    "let go",
    "flush",
    "flush for",
    "drain",
    "close",
    "own flush",
    "own close",
    "cache",
    "service",
    "limiter",
]


@pytest.mark.parametrize("which", WAITS)
def test_a_wait_ends_when_a_signal_comes(which, tmp_path):
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, str(tmp_path / "rows.db"), which],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0 and float(ended.stdout) < 1, (
        ended
    )  # 0.1 s, where the machine is not busy
