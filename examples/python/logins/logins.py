# SPDX-License-Identifier: Apache-2.0
"""A login under a limit for each client that is one for all workers, and for the servers in Java and Go
beside it (examples/java/logins, examples/go/logins), when they are given the same segment and rate:

    gunicorn --preload --workers 4 logins:application

SEGMENT ("/logins") names the memory that they share, RATE is "100/h" for each client. The limiter is made
before the fork; each worker is attached as a process of its own. A release with another RATE changes it for all
that serve, its own and those that it replaces, as soon as it starts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import outgrow

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

scope = outgrow.Scope.host(os.environ.get("SEGMENT") or "/logins")
limiter = outgrow.RateLimiter(
    os.environ.get("RATE") or "100/h", scope=scope, name="logins", on_mismatch="replace"
)
metrics = outgrow.Metrics(scope=scope, name="logins")
metrics.add("logins", limiter)


def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """A welcome, or 429 and when to come back; of /metrics, what all workers count, whichever is asked."""
    if environ["PATH_INFO"] == "/metrics":
        start_response("200 OK", [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")])
        return [metrics.render().encode()]
    wait = limiter.try_acquire_ns(client(environ))
    headers = [("Content-Type", "text/plain")]
    if wait == 0:
        start_response("200 OK", headers)
        return [f"welcome, says process {os.getpid()}\n".encode()]
    seconds = -(-wait // 1_000_000_000)  # up
    start_response("429 Too Many Requests", [*headers, ("Retry-After", str(seconds))])
    return [f"not now, says process {os.getpid()}\n".encode()]


def client(environ: WSGIEnvironment) -> bytes:
    """Who it says it is, behind a gateway that knows; else its address. All servers must take the same bytes
    for a client, and WSGI has a header's bytes as characters."""
    name: str = environ.get("HTTP_X_CLIENT") or environ["REMOTE_ADDR"]
    return name.encode("latin-1")
