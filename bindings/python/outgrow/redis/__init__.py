# SPDX-License-Identifier: Apache-2.0
"""Carries a fleet's commands to Redis or Valkey, by a client that the program has: `redis` or `valkey`,
their Sentinel's and their Cluster's, threads or asyncio. `pip install outgrow[redis]`.

    fleet = outgrow.Fleet(scope=outgrow.Scope.host("/checkout"), name="checkout")
    logins = outgrow.RateLimiter("2000/s", scope=fleet.scope(), name="logins")
    pump = outgrow.redis.Pump(fleet, redis.Redis("redis.internal", password=...)).start()

Every process may have a pump; one of a machine's processes is elected and talks to the server, and the others'
pumps wait for their turn. No call of a limiter waits for a pump or a server.

A pump makes connections of its own, by the client's class of connection and its settings: address, user, password,
TLS. Of the settings it leaves out the client's retries, as a command that got no reply may have been done, and waits
for a reply no longer than its own `timeout`. What a failure says of addresses stays here: a fleet is told the
exception's class alone."""

from outgrow.redis._async_pump import AsyncPump
from outgrow.redis._pump import Pump

__all__ = ["AsyncPump", "Pump"]
