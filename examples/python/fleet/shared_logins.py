# SPDX-License-Identifier: Apache-2.0
"""A login under a limit for each client that all machines of a fleet share: one of the three services that
examples/fleet/run.py starts.

    gunicorn --preload --workers 2 shared_logins:application

REDIS ("127.0.0.1:6379") is the fleet's server, SEGMENT ("/logins") the memory that the workers of this machine share,
RATE is "100/s" for each client. The pump is started before the fork, and goes on in each worker."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import outgrow
import outgrow.redis
import redis

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

server, _, port = (os.environ.get("REDIS") or "127.0.0.1:6379").rpartition(":")
host = outgrow.Scope.host(os.environ.get("SEGMENT") or "/logins")
fleet = outgrow.Fleet(scope=host, name="shop")
limiter = outgrow.RateLimiter(
    os.environ.get("RATE") or "100/s", scope=fleet.scope(), name="logins", on_mismatch="replace"
)
outgrow.redis.Pump(fleet, redis.Redis(server, int(port))).start()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """A welcome, or 429 and when to come back; of /status, how the fleet is."""
    if environ["PATH_INFO"] == "/status":
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(fleet.status()).encode()]
    headers = [("Content-Type", "text/plain")]
    wait = limiter.try_acquire_ns(environ.get("HTTP_X_CLIENT") or environ["REMOTE_ADDR"])
    if wait == 0:
        start_response("200 OK", headers)
        return [f"welcome, says process {os.getpid()}\n".encode()]
    seconds = -(-wait // 1_000_000_000)  # up
    start_response("429 Too Many Requests", [*headers, ("Retry-After", str(seconds))])
    return [f"not now, says process {os.getpid()}\n".encode()]
