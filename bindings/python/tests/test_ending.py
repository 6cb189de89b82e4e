# SPDX-License-Identifier: Apache-2.0
"""The end of the interpreter while daemon threads are in calls."""

import subprocess
import sys

UNDER_CALLS = """
import asyncio, outgrow, threading, time
class Own:
    def get(self, key): return str(key).encode()
    def set(self, key, value): sum(range(50))
    def delete(self, key): pass
class Codec:
    def encode(self, value): return repr(value)
    def decode(self, data): return eval(data)
cache = outgrow.Cache(codec="json")
own_codec = outgrow.Cache(codec=Codec())
breaker, bulkhead = outgrow.CircuitBreaker(), outgrow.ConcurrencyLimiter(9)
limiter = outgrow.RateLimiter("1000000/s")
store = outgrow.CachedStore(outgrow.Cache(), outgrow.Store())
store.set("k", b"v")
through = outgrow.CachedStore(outgrow.Cache(), Own(), mode="through")
behind = outgrow.CachedStore(outgrow.Cache(), Own(), mode="behind", flush_interval_ms=0)
metrics = outgrow.Metrics()
metrics.add("cache", cache)
class Number:
    def __index__(self): return sum(range(50))
def with_block(i):
    with breaker: sum(range(50))
def pumped(i):
    behind.set(str(i % 9), b"v")
    behind.pump()
cached = own_codec.cached(key=lambda i: str(i % 999))(lambda i: i)
limited = limiter.limit(key=lambda i: str(i % 9))(lambda i: sum(range(50)))
CALLS = [
    lambda i: cache.set(str(i % 99), i), lambda i: breaker.call(lambda: sum(range(50))), lambda i: store.get("k"),
    lambda i: own_codec.set(str(i % 9), i), lambda i: own_codec.get(str(i % 9)), lambda i: through.set("k", b"v"),
    pumped, lambda i: through.get(str(i)), with_block, lambda i: bulkhead.call(sum, range(50)), cached, limited,
    lambda i: metrics.render(), lambda i: limiter.acquire_many_ns(str(k) for k in range(9)),
    lambda i: limiter.try_acquire("k", Number()), lambda i: behind.flush(),
]
def loop(call):
    i = 0
    while True:
        i += 1
        call(i)
for call in CALLS:
    threading.Thread(target=loop, args=(call,), daemon=True).start()
time.sleep(0.2)
"""


def test_daemon_threads_in_calls_do_not_disturb_the_end():
    ends = [
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", UNDER_CALLS],
            capture_output=True,
            text=True,
            timeout=120,
        )
        for _ in range(6)
    ]
    assert [ended.returncode for ended in ends] == [0] * 6, [ended.stderr for ended in ends]
