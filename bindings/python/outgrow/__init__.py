# SPDX-License-Identifier: Apache-2.0
"""outgrow: the patterns a service needs as it outgrows one thread, one process, one host."""

from outgrow import _core
from outgrow._core import NEVER, CircuitBreaker, Clock, RateLimiter
from outgrow._errors import *
from outgrow._enums import *
from outgrow._enums import VERSION as __version__
from outgrow import _guards
