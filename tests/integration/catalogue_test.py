# SPDX-License-Identifier: Apache-2.0
"""catalogue_test.py COMMAND...: the example service of any language, as a process of its own with a
database of its own, under an HTTP load client. It keeps to the loopback and sends a bounded number
of requests. Waits here are for a real server and a real clock, each short and bounded."""

import json
import math
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter

from http_service import Service, load, run, until

COMMAND = sys.argv[1:]
skipped = []


class Server(Service):
    """The service running with this rate."""

    def __init__(self, folder, rate):
        self.database = folder / "items.db"
        super().__init__(
            COMMAND,
            folder / f"log-{rate.replace('/', '-')}",
            DATABASE=str(self.database),
            RATE=rate,
        )

    def metrics(self):
        """Families and series by name, each summed over the label `name`."""
        sums = Counter()
        for line in self.get("/metrics")[2].decode().splitlines():
            series = re.match(r"(\w+)(\{.*\})? (\S+)$", line)
            if series:
                labels = re.sub(r'name="[^"]*",?|[{}]', "", series[2] or "")
                sums[series[1] + (f"{{{labels}}}" if labels else "")] += float(series[3])
        return sums


def changed(server, before):
    """How much each series has grown since; those that stand are 0."""
    now = server.metrics()
    return Counter({series: now[series] - before[series] for series in now})


def items_are_served_and_cached(server):
    before = server.metrics()
    seen = []  # what X-Cache said

    def ask():
        status, headers, body = server.get("/items/7", "reader")
        assert status == 200 and headers.get_content_type() == "application/json", (status, body)
        assert json.loads(body) == {"id": 7, "name": "item 7", "price": 70}, body
        seen.append(headers["X-Cache"])
        return seen[-1]

    assert ask() == "miss"
    until(5, lambda: ask() == "hit", "cached")
    until(5, lambda: ask() == "miss", "out of date")
    grown = changed(server, before)
    assert grown['outgrow_limiter_decisions_total{outcome="allowed"}'] == len(seen), grown
    assert grown['outgrow_cache_lookups_total{result="hit"}'] == seen.count("hit"), (seen, grown)
    assert grown['outgrow_cache_lookups_total{result="miss"}'] == seen.count("miss"), (seen, grown)
    assert grown['outgrow_breaker_calls_total{outcome="success"}'] == seen.count("miss"), grown


def what_is_not_there(server):
    before = server.metrics()
    asked = 0

    def known_to_be_absent():
        nonlocal asked
        asked += 1
        assert server.get("/items/1001", "reader")[0] == 404
        return changed(server, before)['outgrow_cache_lookups_total{result="absent"}'] == 1

    until(5, known_to_be_absent, "a cached absence")
    assert changed(server, before)['outgrow_breaker_calls_total{outcome="success"}'] == asked - 1
    for bad in ("abc", "7x", "1.5", "99999999999999999999", "%00"):
        status = server.get(f"/items/{bad}", "reader")[0]
        assert status == 400, f"/items/{bad} is {status}"
    assert server.get("/elsewhere", "reader")[0] == 404


def the_limit_holds(server, rate):
    """The bucket begins full, so `rate` pass at once, then as many a second."""
    before = server.metrics()
    statuses, elapsed = load(server, "/items/1", "loader", 4 * rate, 4)
    assert set(statuses) == {200, 429}, statuses
    most = rate + rate * (elapsed + 0.001)  # hey rounds its times
    assert rate <= statuses[200] <= most, f"{statuses} in {elapsed} s, at most {most:.1f}"
    grown = changed(server, before)
    assert grown['outgrow_limiter_decisions_total{outcome="allowed"}'] == statuses[200], grown
    assert grown['outgrow_limiter_decisions_total{outcome="denied"}'] == statuses[429], grown
    assert server.get("/items/1", "another")[0] == 200


def one_of_a_herd_loads(server, rate):
    before = server.metrics()
    statuses, elapsed = load(server, "/items/2", "herd", rate, 20)
    assert statuses == {200: rate}, statuses
    loads = changed(server, before)['outgrow_breaker_calls_total{outcome="success"}']
    assert 1 <= loads <= 1 + math.floor(elapsed + 0.001), f"{loads} loads in {elapsed} s"


def a_denial_says_when(folder):
    """6 a minute: the seventh has a token in 10 s, less what the first six took."""
    with Server(folder, "6/min") as server:
        began = time.monotonic()
        statuses = [server.get(f"/items/{i}")[0] for i in range(1, 7)]  # by address, not by name
        status, headers, _ = server.get("/items/7")
        passed = time.monotonic() - began
        assert statuses == [200] * 6 and status == 429, (statuses, status)
        assert 10 - passed <= int(headers["Retry-After"]) <= 10, headers["Retry-After"]
        assert server.get("/items/7", "somebody else")[0] == 200
        server.terminate()


def the_breaker_opens_and_closes(server):
    before = server.metrics()
    fresh = iter(range(100, 1000))  # none of them cached
    with sqlite3.connect(server.database, isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        answers = [server.get(f"/items/{next(fresh)}", "reader") for _ in range(4)]
        statuses = [status for status, _, _ in answers]
        assert statuses == [502, 502, 502, 503], statuses
        assert answers[3][1]["Retry-After"] == "1", str(answers[3][1])
        grown = changed(server, before)
        assert server.metrics()["outgrow_breaker_state"] == 1
        assert grown['outgrow_breaker_calls_total{outcome="failure"}'] == 3, grown
        assert grown['outgrow_breaker_calls_total{outcome="refused"}'] == 1, grown
        holder.execute("ROLLBACK")
    holder.close()

    def closed():
        status = server.get(f"/items/{next(fresh)}", "reader")[0]
        assert status in (200, 503), status
        return status == 200 and server.metrics()["outgrow_breaker_state"] == 0

    until(10, closed, "closed")
    grown = changed(server, before)  # closed, open, half-open, closed
    assert grown["outgrow_breaker_transitions_total"] == 3, grown
    assert grown['outgrow_breaker_calls_total{outcome="failure"}'] == 3, grown


def metrics_are_prometheus(server):
    status, headers, body = server.get("/metrics")
    assert (
        status == 200
        and headers["Content-Type"].replace(" ", "").lower()
        == "text/plain;version=0.0.4;charset=utf-8"
    ), headers["Content-Type"]
    if not shutil.which("promtool"):
        skipped.append("promtool is not installed: /metrics is not checked by it")
        return
    checked = subprocess.run(["promtool", "check", "metrics"], input=body, capture_output=True)
    assert checked.returncode == 0, checked.stderr.decode()


def test(folder):
    rate = 60  # a server slowed down by its neighbours still gets more than this asked
    with Server(folder, f"{rate}/s") as server:
        items_are_served_and_cached(server)
        what_is_not_there(server)
        if shutil.which("hey"):
            the_limit_holds(server, rate)
            one_of_a_herd_loads(server, rate)
        else:
            skipped.append("hey is not installed: the service is not put under load")
        the_breaker_opens_and_closes(server)
        metrics_are_prometheus(server)
        server.terminate()
    a_denial_says_when(folder)


run(test)
for what in skipped:
    print("SKIPPED:", what)
print("ok")
