# SPDX-License-Identifier: Apache-2.0
"""The summary's figures against a second reading of the log, made another way."""

import collections
import unittest

from command import DAY, NASA, CommandTest, replay, requests_of

KEYS = """requests skipped first last clients urls limiter.allowed limiter.denied balancer.picks cache.hits
cache.misses cache.evictions store.reads store.writes breaker.transitions autoscaler.decisions
autoscaler.peak autoscaler.instance_hours elapsed_seconds""".split()


class FiguresTest(CommandTest):
    def check_day(self, path, got):
        """Against a second reading of the log, and a token bucket in whole numbers: 1/s, 60 at most."""
        clients, urls, errors, sent, requests = set(), set(), 0, 0, 0
        tokens, denied = {}, collections.Counter()
        for client, second, _, url, status, size in requests_of(path):
            requests += 1
            clients.add(client)
            urls.add(url)
            errors += status >= 500
            sent += size
            left, at = tokens.get(client, (60, second))
            left = min(60, left + second - at)
            if left >= 1:
                left -= 1
            else:
                denied[client] += 1
            tokens[client] = (left, second)
        self.assertEqual(got["requests"], requests)
        self.assertEqual(got["clients"], len(clients))
        self.assertEqual(got["urls"], len(urls))
        self.assertEqual(got["server_errors"], errors)
        self.assertEqual(got["bytes"], sent)
        self.assertEqual(got["limiter"]["denied"], sum(denied.values()))
        self.assertEqual({c["client"]: c["denied"] for c in got["limiter"]["worst"]},
                         dict(sorted(denied.items(), key=lambda c: (-c[1], c[0]))[:10]))
        self.check_books(got)

    def test_modelled_day(self):
        got = replay(DAY)
        self.assertEqual(got["requests"], 100000)
        self.assertEqual(got["skipped"], 0)
        self.check_day(DAY, got)
        self.assertGreater(got["limiter"]["denied"], 1000)       # the clients that misbehave
        self.assertGreater(got["breaker"]["transitions"], 10)    # the failing hour

    def test_nasa_day(self):
        self.need(NASA)
        got = replay("--strict", NASA)
        self.assertEqual(got["requests"], 30969)
        self.assertEqual(got["skipped"], 0)
        self.assertEqual(got["first"], "1995-08-01T02:00:00-04:00")
        self.assertEqual(got["last"], "1995-08-01T14:52:01-04:00")
        self.check_day(NASA, got)

    def test_every_key_is_there(self):
        got = replay(DAY)
        for key in KEYS:
            value = got
            for part in key.split("."):
                self.assertIn(part, value, key)
                value = value[part]
        self.assertEqual(got["balancer"]["policy"], "round_robin")
        self.assertEqual(got["store"]["kind"], "sqlite")
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
