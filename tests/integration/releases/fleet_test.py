# SPDX-License-Identifier: Apache-2.0
"""fleet_test.py LIBRARY NEXT: two machines whose workers are of two releases, this one and one whose scripts are
others (next_release.py), share a limit over one server. Both roll to the other release, through agents of both. Of
the hundred tokens that there are none is lost, and none given twice. SKIPPED without a server."""

import os
import pathlib
import re
import socket
import sys
import unittest

FOLDER = pathlib.Path(__file__).parent
sys.path.insert(0, str(FOLDER.parents[1] / "fleet"))
import servers  # noqa: E402
from resp import reply_in  # noqa: E402
from workers import Worker  # noqa: E402

THIS, NEXT = sys.argv[1:3]
TOKENS = 100


class Server(servers.Server):
    def ask(self, *words):
        """Without a client: what it answered, as text."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(" ".join(words).encode() + b"\r\n")
            reply = reply_in(connection.makefile("rb"))
        return reply[1:-2] if reply[:1] == b"+" else reply

    def scripts(self):
        return int(re.search(rb"number_of_cached_scripts:(\d+)", self.ask("INFO", "memory"))[1])


class Releases(unittest.TestCase):
    def roll(self, old, segment, library, port):
        """One of the other release comes, and the old one ends: the new one is the agent."""
        new = self.start(library, segment, port)
        old.end()
        self.workers.remove(old)
        is_agent = lambda: new.ask("status")["agent"] == "this process"  # noqa: E731
        servers.until(10, is_agent, "the machine's agent")
        return new

    def start(self, *arguments):
        self.workers.append(Worker("fleet_worker.py", *map(str, arguments)))
        return self.workers[-1]

    def setUp(self):
        self.workers = []
        self.segments = [f"/outgrow-releases-{os.getpid()}-{name}" for name in "ab"]

    def tearDown(self):
        for worker in self.workers:
            worker.end()
        for segment in self.segments:
            os.unlink("/dev/shm" + segment)

    def test_two_releases_on_one_server(self):
        with Server(servers.programs()["redis"]) as server:
            a, b = self.segments
            on_a, on_b = self.start(THIS, a, server.port), self.start(NEXT, b, server.port)
            self.assertEqual([on_a.ask("spend", 20), on_b.ask("spend", 20)], [20, 20])
            self.assertEqual(server.scripts(), 4)  # two of each
            on_a = self.roll(on_a, a, NEXT, server.port)
            self.assertEqual(on_a.ask("spend", 20), 20)
            on_b = self.roll(on_b, b, THIS, server.port)
            self.assertEqual(on_b.ask("spend", 20), 20)
            self.assertEqual([on_b.ask("spend", TOKENS), on_a.ask("spend", TOKENS)], [20, 0])
            for worker in self.workers:
                told = worker.ask("status")
                self.assertEqual((told["lost"], told["granted_apart"]), (0, 0))
                self.assertEqual(told["machines"], 2)


if __name__ == "__main__":
    if "redis" not in servers.programs():
        servers.skip("no redis-server")
    unittest.main(argv=sys.argv[:1])
