# SPDX-License-Identifier: Apache-2.0
"""command_test.py SERVER [TEST...]: `outgrow fleet` on a real server. SERVER: redis or valkey. OUTGROW is the command."""

import os
import shutil
import subprocess

import redis
import servers
from machines import machines

import outgrow
import outgrow.redis

CLIENTS = ("redis-cli", "valkey-cli")


def outgrow_fleet(*arguments):
    """What it printed, and what it exited with."""
    done = subprocess.run(
        [os.environ["OUTGROW"], "fleet", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout + done.stderr, done.returncode


def client_of(server, *more):
    found = next(filter(shutil.which, CLIENTS), None)
    if not found:
        servers.skip("neither redis-cli nor valkey-cli")
    return [found, "-p", server.port, "--no-auth-warning", *more]


def test_acl(program):
    """The user that `fleet acl` makes can do all that a fleet does, and no other fleet's."""
    line, status = outgrow_fleet("acl", "shop", "--user", "carol")
    assert status == 0, line
    with servers.Server(program) as server:
        server.ask(*line.replace("PASSWORD", "open").split())
        as_carol = client_of(server, "--user", "carol", "--pass", "open")
        told, status = outgrow_fleet("verify", "shop", *as_carol)
        assert status == 0 and "works" in told, told
        told, status = outgrow_fleet("verify", "other", *as_carol)
        assert status == 2 and "NOPERM" in told, told
        client = redis.Redis(port=server.port, username="carol", password="open")
        fleet = outgrow.Fleet(
            scope=outgrow.Scope.host(f"/outgrow-test-acl-{os.getpid()}"), name="shop"
        )
        limiter = outgrow.RateLimiter("10/s", scope=fleet.scope(), name="calls")
        with outgrow.redis.Pump(fleet, client):
            servers.until(10, lambda: fleet.status()["state"] == "up", "up")
            servers.until(10, lambda: limiter.try_acquire("key"), "let through")
            assert fleet.status()["refused"] == 0, fleet.status()
        outgrow.Scope.remove(f"/outgrow-test-acl-{os.getpid()}")


def test_verify(program):
    with servers.Server(program) as server:
        told, status = outgrow_fleet("verify", "shop", *client_of(server))
        assert status == 0 and "no other machine in it" in told, told
        assert server.ask("ZCARD", "outgrow:shop:members") == 0
        server.set("maxmemory", "100mb")
        server.set("maxmemory-policy", "allkeys-lru")
        told, status = outgrow_fleet("verify", "shop", *client_of(server))
        assert status == 0 and "advice: maxmemory-policy is allkeys-lru" in told, told
        with servers.Server(program) as replica:
            replica.follow(server)
            told, status = outgrow_fleet("verify", "shop", *client_of(replica))
            assert status == 2 and "replica" in told, told


def test_status(program):
    with (
        servers.Server(program) as server,
        machines(server, (None, None), 1, limit="100/s") as found,
    ):
        for machine in found:
            worker = machine.workers[0]
            servers.until(10, lambda: worker.status()["state"] == "up", "up")
            worker.ask("spend", 0.2, 100)
        servers.until(20, lambda: found[0].workers[0].status()["machines"] == 2, "both known")
        told, status = outgrow_fleet("status", found[0].segment)
        assert status == 0, told
        first, *lines = told.splitlines()
        assert first.startswith(f"fleet '{found[0].fleet}' in {found[0].segment}: up, "), told
        shown = {line.split()[0]: line.split(maxsplit=1)[1] for line in lines}
        assert shown["agent"] == f"process {found[0].workers[0].process.pid}", told
        assert shown["machines"] == "2", told
        assert shown["shares"] == "limiter 'calls'", told
        told, status = outgrow_fleet("verify", found[0].fleet, *client_of(server))
        assert status == 0 and "2 other machines in it" in told, told


if __name__ == "__main__":
    servers.run(globals())
