# SPDX-License-Identifier: Apache-2.0
"""outgrow fleet, and outgrow host on what a fleet keeps in a machine's segment: without a server."""

import json
import re
import unittest

from command import run
from segment import SegmentTest


class FleetTest(SegmentTest):
    def setUp(self):
        SegmentTest.setUp(self, "fleet")

    def refused(self, *arguments):
        done = run(*arguments, check=False)
        self.assertEqual(done.returncode, 2)
        return done.err

    def test_status(self):
        lines = run("fleet", "status", self.name).out.splitlines()
        self.assertEqual(lines[0], "fleet 'shop' in %s: new" % self.name)
        shown = dict(re.split("  +", line.strip(), maxsplit=1) for line in lines[1:])
        self.assertEqual(shown["agent"], "none")
        self.assertEqual(shown["machines"], "not known yet")
        self.assertEqual(shown["shares"], "limiter 'logins'")
        self.assertEqual(shown["tokens"], "0 from the server, 0 too late, 0 during outages")

    def test_status_as_json(self):
        (fleet,) = json.loads(run("fleet", "status", self.name, "--format", "json").out)
        self.assertEqual(fleet["name"], "shop")
        self.assertEqual(fleet["status"]["state"], "new")
        self.assertEqual(fleet["objects"], [{"kind": "limiter", "name": "logins"}])

    def test_of_a_fleet_that_is_not_there(self):
        self.assertIn(
            "no fleet 'shpo' (did you mean 'shop'?)",
            self.refused("fleet", "status", self.name, "shpo"),
        )

    def test_host_shows_what_a_fleets_limiter_counts(self):
        out = run("host", "show", "--verify", self.name).out
        shown = out[out.index("\nfleet_limiter 'shop/logins', ") :]
        self.assertRegex(shown, r"\n .* rate=3/3600s ")
        self.assertRegex(shown, r"\n  decisions denied +4\n")
        self.assertRegex(shown, r"\n  denied most\n    alice +4\n")
        self.assertRegex(out, r"\nfleet 'shop', .*\n \n(.*\n)*  state     new\n")
        self.assertTrue(out.endswith("\nsound\n"))

    def test_host_changes_a_fleets_limiter(self):
        self.assertIn(
            "fleet_limiter 'shop/logins' of %s: rate=20/1s (was 3/3600s)\n" % self.name,
            run("host", "set", self.name, "shop/logins", "rate=20/s").out,
        )
        self.assertIn(
            "is so already",
            run("host", "set", "--kind", "limiter", self.name, "shop/logins", "rate=20/s").out,
        )

    def test_what_is_used_is_not_forgotten(self):
        self.assertIn("'shop/logins'", self.refused("host", "forget", self.name, "shop/logins"))


class ServerTest(unittest.TestCase):
    def refused(self, *arguments):
        done = run(*arguments, check=False)
        self.assertEqual(done.returncode, 2)
        return done.err

    def test_acl_names_a_user_and_the_fleets_keys(self):
        line = run("fleet", "acl", "shop", "--user", "carol").out
        self.assertTrue(line.startswith("ACL SETUSER carol reset on >PASSWORD ~outgrow:shop:* +"))
        self.assertEqual(line.count("\n"), 1)

    def test_names_that_no_fleet_and_no_user_has(self):
        self.assertIn("not 'a b'", self.refused("fleet", "acl", "a b"))
        self.assertIn("not 'a b'", self.refused("fleet", "acl", "shop", "--user", "a b"))

    def test_a_client_that_is_not_there(self):
        self.assertIn(
            "no-such-client: No such file",
            self.refused("fleet", "verify", "shop", "no-such-client"),
        )
        self.assertIn("a client is required", self.refused("fleet", "verify", "shop"))
        self.assertIn("'-p' is no client", self.refused("fleet", "verify", "shop", "-p", "1"))

    def test_a_client_without_an_answer(self):
        self.assertIn("had no answer", self.refused("fleet", "verify", "shop", "false", "-x"))

    def test_a_client_behind_two_dashes(self):
        for words in (
            ["shop", "--", "sh", "-c", "exit 3"],
            ["--", "shop", "sh", "-c", "exit 3"],
            ["--", "-x", "sh", "-c", "exit 3"],
        ):
            self.assertIn("sh had no answer", self.refused("fleet", "verify", *words), words)
        self.assertIn("a client is required", self.refused("fleet", "verify", "shop", "--"))
        self.assertIn("'-p' is no client", self.refused("fleet", "verify", "shop", "--", "-p"))
        # Those behind the client are its own.
        own = ["sh", "-c", '[ "$1" = -- ] && exit 3; echo', "sh", "--"]
        for words in (["shop", *own], ["shop", "--", *own]):
            self.assertIn("sh had no answer", self.refused("fleet", "verify", *words), words)

    def test_a_client_that_is_none(self):
        self.assertIn("no fleet works", self.refused("fleet", "verify", "shop", "echo"))


if __name__ == "__main__":
    unittest.main()
