# SPDX-License-Identifier: Apache-2.0
"""The service of prefork_test.py: GET / tells the process, and when it was let through, or 0. `application` is
gunicorn's, whose pump is started before the workers are forked; `asynchronous` is uvicorn's."""

import contextlib
import json
import os
import time

import redis

import outgrow
import outgrow.redis

address = {"host": "127.0.0.1", "port": int(os.environ["REDIS_PORT"])}
host = outgrow.Scope.host(os.environ["SEGMENT"])
fleet = outgrow.Fleet(scope=host, name=os.environ["FLEET"])
limiter = outgrow.RateLimiter("100/s", burst=20, scope=fleet.scope(), name="calls")


def answer():
    passed = limiter.try_acquire("key")
    told = {"pid": os.getpid(), "at": passed and time.monotonic_ns(), "status": fleet.status()}
    return json.dumps(told).encode()


if os.environ["PUMP"] == "threads":
    outgrow.redis.Pump(fleet, redis.Redis(**address)).start()


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [answer()]


async def asynchronous(scope, receive, send):
    if scope["type"] == "lifespan":
        async with contextlib.AsyncExitStack() as stack:
            assert (await receive())["type"] == "lifespan.startup"
            pump = outgrow.redis.AsyncPump(fleet, redis.asyncio.Redis(**address))
            await stack.enter_async_context(pump)
            await send({"type": "lifespan.startup.complete"})
            assert (await receive())["type"] == "lifespan.shutdown"
        await send({"type": "lifespan.shutdown.complete"})
        return
    body = answer()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
