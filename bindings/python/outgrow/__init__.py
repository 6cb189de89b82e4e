# SPDX-License-Identifier: Apache-2.0
"""outgrow: the patterns a service needs as it outgrows one thread, one process, one host.

Durations are seconds or a timedelta; options that end in _ms take milliseconds as numbers, text such as
"30s", or a timedelta. What ends in _ns is whole nanoseconds; now_ns= is a time of the noun's clock, for
callers that know it.

Waiting: for who loads a key (Cache.get_or_load, @cached, Service.read), and RateLimiter.wait, by
threading's Event; CachedStore, Store, Scope and Metrics.render in C, without the GIL. A signal's handler
runs meanwhile, within 0.1 s, and what it raises ends the wait; a store of your own waits as its code does.
Under gevent, patched, the former let other greenlets run, and the latter stop its hub: call
those in its thread pool, gevent.get_hub().threadpool.apply(store.get, (key,)), and set mode="behind" so that
writes are the library's own thread's.

outgrow lives in the main interpreter: a sub-interpreter's import of it is an ImportError. Its calls count
on the GIL, which a free-threaded Python turns on as it imports it."""

from outgrow import _all, _core, _enums, _errors, _forking, _nouns, _reserving
from outgrow._all import *
from outgrow._core import *
from outgrow._enums import *
from outgrow._enums import VERSION as __version__
from outgrow._errors import *
from outgrow._reserving import *

if _core.VERSION != __version__:
    raise ImportError(
        f"outgrow's Python files are {__version__}, its module is {_core.VERSION}: install it again"
    )

__all__ = ["__version__"]
__all__ += _all.__all__
__all__ += _core.__all__
__all__ += _enums.__all__
__all__ += _errors.__all__
__all__ += _reserving.__all__
