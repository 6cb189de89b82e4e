# SPDX-License-Identifier: Apache-2.0
"""The summary's figures against a second reading of the log, made another way."""

import collections
import unittest

from command import DAY, NASA, SQLITE, CommandTest, replay, requests_of

KEYS = """requests skipped first last clients urls limiter.allowed limiter.denied balancer.picks cache.hits
cache.misses cache.evictions store.reads store.writes breaker.transitions autoscaler.decisions
autoscaler.peak autoscaler.instance_hours elapsed_seconds""".split()


class Bucket:
    """A token bucket of 60 for each client, one token a second, in whole numbers."""

    def __init__(self):
        self.held = {}

    def admits(self, client, second):
        left, at = self.held.get(client, (60, second))
        left = min(60, left + second - at)
        self.held[client] = (max(0, left - 1), second)
        return left >= 1


class Breaker:
    """Nygard's, as in the library's defaults: 5 failures in a row, 60 s, 3 successes."""

    def __init__(self):
        self.state, self.run, self.opened, self.changes = "closed", 0, 0, 0

    def change(self, state, second):
        self.state, self.run, self.opened = state, 0, second
        self.changes += 1

    def may_try(self, second):
        return self.state != "open" or second >= self.opened + 60

    def lets_through(self, second):
        if self.state == "open" and second >= self.opened + 60:
            self.change("half-open", second)
        return self.state != "open"

    def ended(self, failed, second):
        if failed:
            self.run = self.run + 1 if self.state == "closed" else 5
            if self.run >= 5:
                self.change("open", second)
        elif self.state == "closed":
            self.run = 0
        else:
            self.run += 1
            if self.run == 3:
                self.change("closed", second)


class FiguresTest(CommandTest):
    def check_day(self, path, got):
        """Against a second reading of the log, and second makings of limiter, turns and breakers."""
        clients, urls, errors, sent, requests = set(), set(), 0, 0, 0
        bucket, denied = Bucket(), collections.Counter()
        names = list(got["balancer"]["picks"])
        breakers, picks, turn, refused, failures = (
            [Breaker() for _ in names],
            [0] * len(names),
            0,
            0,
            0,
        )
        shut = set()  # whose breaker has refused, and refuses still
        for client, second, _, url, status, size in requests_of(path):
            requests += 1
            clients.add(client)
            urls.add(url)
            errors += status >= 500
            sent += size
            if not bucket.admits(client, second):
                denied[client] += 1
                continue
            shut = {at for at in shut if not breakers[at].may_try(second)}
            while len(shut) < len(names):
                open_ = [at for at in range(len(names)) if at not in shut]
                at = open_[turn % len(open_)]
                turn += 1
                if breakers[at].lets_through(second):
                    picks[at] += 1
                    failures += status >= 500
                    breakers[at].ended(status >= 500, second)
                    break
                shut.add(at)
            else:
                refused += 1
        self.assertEqual(got["requests"], requests)
        self.assertEqual(got["clients"], len(clients))
        self.assertEqual(got["urls"], len(urls))
        self.assertEqual(got["server_errors"], errors)
        self.assertEqual(got["bytes"], sent)
        self.assertEqual(got["limiter"]["denied"], sum(denied.values()))
        self.assertEqual(
            {c["client"]: c["denied"] for c in got["limiter"]["worst"]},
            dict(sorted(denied.items(), key=lambda c: (-c[1], c[0]))[:10]),
        )
        self.assertEqual(got["balancer"]["picks"], dict(zip(names, picks)))
        self.assertEqual(
            got["breaker"],
            {
                "transitions": sum(b.changes for b in breakers),
                "refused": refused,
                "failures": failures,
                "by_server": {name: b.changes for name, b in zip(names, breakers)},
            },
        )
        self.check_books(got)

    def test_modelled_day(self):
        got = replay(DAY)
        self.assertEqual(got["requests"], 100000)
        self.assertEqual(got["skipped"], 0)
        self.check_day(DAY, got)
        self.assertGreater(got["limiter"]["denied"], 1000)  # the clients that misbehave
        self.assertGreater(got["breaker"]["transitions"], 10)  # the failing hour

    def test_nasa_day(self):
        self.need(NASA)
        got = replay("--strict", NASA)
        self.assertEqual(got["requests"], 30969)
        self.assertEqual(got["skipped"], 0)
        self.assertEqual(got["first"], "1995-08-01T02:00:00-04:00")
        self.assertEqual(got["last"], "1995-08-01T14:52:01-04:00")
        self.check_day(NASA, got)
        reads = [url for _, _, method, url, _, _ in requests_of(NASA) if method in ("GET", "HEAD")]
        self.assertEqual(
            got["cache"]["hits"] + got["cache"]["misses"], len(reads)
        )  # none denied or failed
        self.assertEqual(got["store"]["documents"], len(set(reads)))
        self.assertEqual(got["store"]["writes"], 30969 - len(reads))

    def test_nasa_day_with_a_cache_that_forgets_nothing(self):
        self.need(NASA)
        config = self.file("c.toml", "[cache]\ncapacity_entries = 100000\nnegative_ttl_ms = 0\n")
        cached, hits, hit_bytes = set(), 0, 0
        for _, _, method, url, status, size in requests_of(NASA):
            if method not in ("GET", "HEAD"):
                cached.discard(url)
            elif url in cached:
                hits += 1
                hit_bytes += size
            elif status in (404, 410) or method == "GET" and status < 400:
                cached.add(url)
        got = replay("--config", config, NASA)["cache"]
        self.assertEqual((got["hits"], got["hit_bytes"], got["evictions"]), (hits, hit_bytes, 0))

    def test_every_key_is_there(self):
        got = replay(DAY)
        for key in KEYS:
            value = got
            for part in key.split("."):
                self.assertIn(part, value, key)
                value = value[part]
        self.assertEqual(got["balancer"]["policy"], "round_robin")
        self.assertEqual(got["store"]["kind"], "sqlite" if SQLITE else "memory")
        self.assertEqual(list(got["balancer"]["picks"]), ["app-1", "app-2", "app-3", "app-4"])
        self.assertEqual(list(got["store"]["reads"]), ["replica-1", "replica-2", "primary"])

    def test_twice_is_the_same(self):
        first, second = replay(DAY), replay(DAY)
        for got in (first, second):
            self.assertGreater(got.pop("elapsed_seconds"), 0)
            got.pop("requests_per_second")
        self.assertEqual(first, second)


if __name__ == "__main__":
    unittest.main()
