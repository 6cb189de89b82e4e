# SPDX-License-Identifier: Apache-2.0
"""Each stop on a request's way, on logs small enough to follow by hand."""

import sqlite3
import unittest

from command import CommandTest, log_line, replay


class StagesTest(CommandTest):
    def test_round_robin_deals_evenly(self):
        picks = replay(self.file("a.log", "".join(log_line(i) for i in range(1002))))["balancer"][
            "picks"
        ]
        self.assertEqual(sorted(picks.values()), [250, 250, 251, 251])

    def test_an_open_breaker_s_server_draws_no_picks(self):
        config = self.file(
            "c.toml",
            '[balancer]\npolicy = "least_connections"\nservers = ["a", "b", "c"]\n'
            "[breaker]\nfailure_threshold = 1\n",
        )
        statuses = [500, 500] + [200] * 10 + [500] + [200] * 10  # the last 10 find all three open
        log = self.file(
            "a.log", "".join(log_line(i, status=status) for i, status in enumerate(statuses))
        )
        got = replay("--config", config, log)
        self.assertEqual(sorted(got["balancer"]["picks"].values()), [1, 1, 11])
        self.assertEqual((got["balancer"]["unplaced"], got["breaker"]["refused"]), (0, 10))
        later = self.file(
            "b.log", "".join(log_line(i, status=500) for i in range(3)) + log_line(62)
        )
        self.assertEqual(replay("--config", config, later)["breaker"]["refused"], 0)

    def test_windows_begin_by_the_time_of_the_log(self):
        config = self.file(
            "c.toml",
            '[limiter]\nrate = "1/day"\nburst = 0\npolicy = "calendar_window"\n'
            'time_zone = "Asia/Kathmandu"\n',
        )
        midnight = 24 * 3600 - (5 * 3600 + 45 * 60)  # there
        log = "".join(log_line(s) for s in (100, midnight - 1, midnight, midnight + 5))
        self.assertEqual(
            replay("--config", config, self.file("a.log", log))["limiter"]["denied"], 2
        )
        config = self.file(
            "d.toml", '[limiter]\nrate = "1/min"\nburst = 0\npolicy = "fixed_window"\n'
        )
        log = "".join(log_line(s) for s in (50, 59, 60, 119, 120))
        self.assertEqual(
            replay("--config", config, self.file("b.log", log))["limiter"]["denied"], 2
        )

    def test_cache_and_store_by_hand(self):
        log = "".join(
            [
                log_line(1, url="/a", size=1000),  # miss, stored
                log_line(2, url="/a", size=1000),  # hit
                log_line(3, url="/a", method="PUT", status=204, size=0),  # write, invalidates
                log_line(4, url="/a", size=1500),  # miss
                log_line(5, url="/a", status=304, size=0),  # hit
                log_line(6, url="/b", status=500, size=9),  # a failure: neither is asked
                log_line(7, url="/b", method="POST", status=503),  # nor written
                log_line(8, url="/gone", status=404, size=10),  # miss, kept as absent
                log_line(9, url="/gone", status=404, size=10),  # hit on the absence
                log_line(10, url="/private", status=401, size=20),  # miss, not stored
                log_line(11, url="/private", status=401, size=20),  # miss
                log_line(12, url="/h", method="HEAD", size=0),  # miss, not stored: no body
                log_line(13, url="/h", size=30),  # miss, stored
                log_line(14, url="/h", method="HEAD", size=0),  # hit
                log_line(15, url="*", method="OPTIONS", size=0),  # served, no document
            ]
        )
        got = replay(self.file("a.log", log))
        self.assertEqual(got["cache"]["hits"], 4)
        self.assertEqual(got["cache"]["misses"], 7)
        self.assertEqual(got["cache"]["hit_bytes"], 1000 + 0 + 10 + 0)
        self.assertEqual(got["cache"]["miss_bytes"], 1000 + 1500 + 10 + 20 + 20 + 0 + 30)
        self.assertEqual(got["cache"]["invalidations"], 1)
        self.assertEqual(got["store"]["writes"], 1)
        self.assertEqual(got["store"]["reads"], {"replica-1": 4, "replica-2": 3, "primary": 0})
        self.assertEqual(got["breaker"]["failures"], 2)
        self.assertEqual(got["server_errors"], 2)
        self.check_books(got)

    def test_a_miss_not_modified_is_charged_the_document_s_size(self):
        # Room for one document of 3000 bytes. /a makes way for /b; the 304 brings all of /a back, so /b has
        # to go. Were it charged nothing, both would fit, and the last request were a hit.
        config = self.file("c.toml", "[cache]\ncapacity_bytes = 5000\nshards = 1\n")
        got = replay(
            "--config",
            config,
            self.file(
                "a.log",
                "".join(
                    [
                        log_line(1, url="/a", size=3000),
                        log_line(2, url="/b", size=3000),
                        log_line(3, url="/a", status=304, size=0),
                        log_line(4, url="/b", size=3000),
                    ]
                ),
            ),
        )
        self.assertEqual(got["store"]["documents"], 2)
        self.assertEqual(
            (got["cache"]["hits"], got["cache"]["misses"], got["cache"]["evictions"]), (0, 4, 3)
        )

    def test_least_connections_leaves_a_busy_server_alone(self):
        # The first request keeps its server for a minute; those that follow, 2 ms each, go to the other.
        config = self.file(
            "c.toml",
            "[balancer]\npolicy = 'least_connections'\nservers = ['a', 'b']\n"
            "[service_time]\nwrite_ms = 59900\nmiss_ms = 2\nper_mib_ms = 0\n",
        )
        log = [log_line(0, method="PUT", client="w")] + [
            log_line(s, url="/%d" % s) for s in range(1, 60)
        ]
        got = replay("--config", config, self.file("a.log", "".join(log)))["balancer"]
        self.assertEqual(sorted(got["picks"].values()), [1, 59])
        self.assertEqual(got["policy"], "least_connections")
        # Once its minute is over it takes its turns again.
        log += [log_line(s, url="/%d" % s) for s in range(60, 160)]
        got = replay("--config", config, self.file("b.log", "".join(log)))["balancer"]
        self.assertEqual(sorted(got["picks"].values()), [1 + 50, 59 + 50])

    def test_requests_that_no_server_takes_are_counted(self):
        # Two tickets, and each request holds one for 20 ms: of five in one second two find room.
        config = self.file("c.toml", "[balancer]\ntickets = 2\n")
        log = self.file(
            "a.log", "".join(log_line(s, url="/%d" % i) for s in range(3) for i in range(5))
        )
        got = replay("--config", config, log)
        self.assertEqual(got["balancer"]["unplaced"], 9)
        self.assertEqual(sum(got["balancer"]["picks"].values()), 6)
        self.check_books(got)

    def test_a_refused_request_gives_its_ticket_back(self):
        # The one server fails in second 0, and its breaker stays open: were the refused to keep their
        # tickets, the third request of second 1 would find none.
        config = self.file(
            "c.toml",
            "[balancer]\ntickets = 2\nservers = ['one']\n[breaker]\nfailure_threshold = 1\n",
        )
        log = log_line(0, status=500) + "".join(log_line(1, url="/%d" % i) for i in range(9))
        got = replay("--config", config, self.file("a.log", log))
        self.assertEqual((got["breaker"]["refused"], got["balancer"]["unplaced"]), (9, 0))

    def test_reads_go_to_the_least_busy_replica(self):
        # Within a second the calls are all in flight: least_in_flight spreads them as evenly as turns do.
        config = self.file("c.toml", "[replicas]\nreplicas = 3\npolicy = 'least_in_flight'\n")
        log = self.file(
            "a.log", "".join(log_line(0, client="c%d" % i, url="/%d" % i) for i in range(300))
        )
        got = replay("--config", config, log)["store"]
        self.assertEqual(
            got["reads"], {"replica-1": 100, "replica-2": 100, "replica-3": 100, "primary": 0}
        )

    def test_without_replicas_the_primary_reads_or_nobody(self):
        log = self.file("a.log", "".join(log_line(i, url="/%d" % i) for i in range(10)))
        got = replay("--config", self.file("c.toml", "[replicas]\nreplicas = 0\n"), log)["store"]
        self.assertEqual((got["reads"], got["unrouted"]), ({"primary": 10}, 0))
        got = replay(
            "--config", self.file("c.toml", "[replicas]\nreplicas = 0\nfall_back = false\n"), log
        )
        self.assertEqual((got["store"]["reads"], got["store"]["unrouted"]), ({"primary": 0}, 10))
        self.check_books(got)

    def test_the_store_s_kinds_give_the_same_figures(self):
        self.need_sqlite()
        log = self.file(
            "a.log",
            "".join(
                log_line(
                    i,
                    client="c%d" % (i % 9),
                    url="/%d" % (i * i % 997),
                    method="GET" if i % 7 else "PUT",
                    status=304 if i % 5 == 0 else 200,
                )
                for i in range(3000)
            ),
        )
        kept = self.path("kept.db")
        by_kind = {}
        for kind, more in (
            ("default", ""),
            ("memory", "kind = 'memory'"),
            ("sqlite", "kind = 'sqlite'\npath = ':memory:'"),
            ("file", "path = '%s'" % kept),
        ):
            got = replay(
                "--config",
                self.file("c.toml", "[cache]\ncapacity_entries = 50\n[store]\n" + more),
                log,
            )
            self.assertEqual(got["store"].pop("kind"), "memory" if kind == "memory" else "sqlite")
            got.pop("elapsed_seconds"), got.pop("requests_per_second")
            by_kind[kind] = got
        for got in by_kind.values():
            self.assertEqual(got, by_kind["default"])
        with sqlite3.connect(kept) as rows:
            self.assertEqual(
                rows.execute("SELECT count(*) FROM outgrow").fetchone()[0],
                len({i * i % 997 for i in range(3000)}),
            )

    def test_a_breaker_opens_and_recovers(self):
        config = self.file(
            "c.toml",
            '[balancer]\nservers = ["one"]\n[breaker]\nfailure_threshold = 3\n'
            'open_ms = "10s"\nsuccess_threshold = 1\n',
        )
        log = "".join(
            log_line(s, client="c%d" % s, status=500 if s < 20 else 200) for s in range(40)
        )
        # Seconds 0, 1, 2 fail and open it; the probe at 12 fails and opens it again; the one at 22
        # closes it. Three openings of a state, and half-open twice.
        got = replay("--config", config, self.file("a.log", log))
        self.assertEqual(got["breaker"]["transitions"], 5)
        self.assertEqual(got["breaker"]["failures"], 4)
        self.assertEqual(got["breaker"]["refused"], 9 + 9)
        self.assertEqual(got["balancer"]["picks"], {"one": 40 - 18})


if __name__ == "__main__":
    unittest.main()
