# SPDX-License-Identifier: Apache-2.0
"""The classes of the tutorial "Scalability Patterns & Techniques", under its names and signatures, as
faces of outgrow's nouns: its code runs by changing its import. Where the tutorial is right, results are
the same; where it is wrong, each class says what is done instead.

The noun behind a class is its `noun`, as for Metrics.add. Time is the system's unless a clock= is given.
"""

from outgrow.patterns.balancers import (
    ConsistentHashBalancer,
    LeastConnectionsBalancer,
    RoundRobinBalancer,
    WeightedRoundRobinBalancer,
)
from outgrow.patterns.breakers import CircuitBreaker, CircuitState
from outgrow.patterns.caches import CacheAsidePattern, WriteThroughCache
from outgrow.patterns.databases import (
    DatabaseSharding,
    DatabaseWithReadReplicas,
    ShardQueryFailed,
)
from outgrow.patterns.limits import RateLimiter, SlidingWindowRateLimiter
from outgrow.patterns.predicting import PredictiveAutoScaler
from outgrow.patterns.scaling import AutoScaler, ScalingMetrics
from outgrow.patterns.services import ScalingPatterns, StatelessService
from outgrow.patterns.write_behind import WriteBehindCache

__all__ = [
    "AutoScaler",
    "CacheAsidePattern",
    "CircuitBreaker",
    "CircuitState",
    "ConsistentHashBalancer",
    "DatabaseSharding",
    "DatabaseWithReadReplicas",
    "LeastConnectionsBalancer",
    "PredictiveAutoScaler",
    "RateLimiter",
    "RoundRobinBalancer",
    "ScalingMetrics",
    "ScalingPatterns",
    "ShardQueryFailed",
    "SlidingWindowRateLimiter",
    "StatelessService",
    "WeightedRoundRobinBalancer",
    "WriteBehindCache",
    "WriteThroughCache",
]
