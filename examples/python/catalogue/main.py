# SPDX-License-Identifier: Apache-2.0
"""A small HTTP service: GET /items/<id> out of an SQLite table, GET /metrics for Prometheus. PORT (0: any
that is free), DATABASE (a file, made if missing) and RATE ("100/s" for each client) come from the
environment. SIGTERM ends it."""

import asyncio
import math
import os
import signal
import socket
import sqlite3

import outgrow
import uvicorn
from database import Database
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

LARGEST_ID = 2**63 - 1


class Catalogue:
    """Items by id: a limit per client, a cache, and a breaker before the database."""

    def __init__(self, database: Database, rate: str) -> None:
        self.database = database
        self.limiter = outgrow.RateLimiter(rate)
        self.breaker = outgrow.CircuitBreaker(failure_threshold=3, open_ms="1s")
        self.cache = outgrow.Cache(codec="json", ttl_ms="1s", negative_ttl_ms="1s")
        self.metrics = outgrow.Metrics()
        self.metrics.add("clients", self.limiter)
        self.metrics.add("database", self.breaker)
        self.metrics.add("items", self.cache)

    async def item(self, client: str, text: str) -> Response:
        """The answer to GET /items/<text>."""
        wait = self.limiter.try_acquire_ns(client)
        if wait != 0:
            return later(429, "too many requests", wait / 1e9)
        number = int(text) if text.isascii() and text.isdigit() else LARGEST_ID + 1
        if number > LARGEST_ID:
            return PlainTextResponse("an id is a whole number", 400)
        loaded = False

        async def load(_: object) -> dict[str, int | str] | None:
            nonlocal loaded
            loaded = True
            async with self.breaker:
                return await asyncio.to_thread(self.database.item, number)

        try:
            item = await self.cache.get_or_load(str(number), load)
        except outgrow.CircuitOpen as refused:
            return later(503, "the database is resting", refused.retry_after)
        except sqlite3.Error:
            return PlainTextResponse("the database failed", 502)
        if item is None:
            return PlainTextResponse("no such item", 404)
        return JSONResponse(item, headers={"X-Cache": "miss" if loaded else "hit"})


def later(status: int, why: str, seconds: float) -> Response:
    """A refusal, and when to come back: at least 1 s, as 0 is an invitation to spin."""
    return PlainTextResponse(why, status, {"Retry-After": str(max(1, math.ceil(seconds)))})


def make_app(catalogue: Catalogue) -> FastAPI:
    """The routes."""
    app = FastAPI()

    @app.get("/items/{text}")
    async def item(text: str, request: Request) -> Response:
        peer = request.client.host if request.client else ""
        return await catalogue.item(request.headers.get("X-Client", peer), text)

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(
            catalogue.metrics.render(), headers={"Content-Type": catalogue.metrics.CONTENT_TYPE}
        )

    return app


class Server(uvicorn.Server):
    """Says where it listens, once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listening in sockets or []:
            print(f"listening on http://127.0.0.1:{listening.getsockname()[1]}", flush=True)


def main() -> None:
    """Serves until SIGTERM."""
    database = Database(os.environ.get("DATABASE") or "catalogue.db")
    catalogue = Catalogue(database, os.environ.get("RATE") or "100/s")
    listening = socket.create_server(
        ("127.0.0.1", int(os.environ.get("PORT") or "8080")), backlog=128
    )
    signal.signal(
        signal.SIGTERM, lambda *_: None
    )  # uvicorn, once it has shut down, raises it again
    config = uvicorn.Config(make_app(catalogue), log_level="warning", access_log=False)
    asyncio.run(Server(config).serve([listening]))
    database.close()


if __name__ == "__main__":
    main()
