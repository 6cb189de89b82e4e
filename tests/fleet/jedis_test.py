# SPDX-License-Identifier: Apache-2.0
"""jedis_test.py FOLDER SERVER [TEST...]: what Java's pump makes of Jedis, as pump_test.py has it of Python's: the same tests,
and those of what Jedis does otherwise. FOLDER has the programs: see bindings/java/jedis. SERVER: redis or valkey."""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

import pump_test
import servers
from fleet_test import BURST, RATE, SLICE, At, Run, S
from machines import Machine, Worker, up
from piped import Process
from proxy import Proxy
from pump_test import ADD, PAIR, SECRET, node_id, text

import outgrow

FOLDER = pathlib.Path(sys.argv.pop(1))
KINDS = ("client", "client, RESP3", "provider", "pool", "connections")
OTHER_VERSIONS = ("oldest", "newest")  # of Jedis


_usual = None  # a process for most tests


@contextlib.contextmanager
def pumps(version="usual"):
    global _usual
    if version == "usual":
        _usual = _usual or Process([FOLDER / "jedis_pumps", version]).__enter__()
        yield _usual
        return
    with Process([FOLDER / "jedis_pumps", version]) as process:
        yield process
    assert process.code == 0, process.code


def makers(process, kinds=KINDS):
    """As pump_test.makers."""

    def made(server, port=None):
        def of(kind):
            return lambda timeout=10: process.open(
                kind, int(timeout * 1000), port or server.port, server.password or ""
            )

        return {kind: of(kind) for kind in kinds}

    return made


def shared(program, names, process, kinds=KINDS):
    """Tests of pump_test, over pumps of Java's."""
    pump_test.makers = makers(process, kinds)
    for name in names:
        began = time.monotonic()
        getattr(pump_test, f"test_{name}")(program)
        print(f"  {name}: {time.monotonic() - began:.1f} s", flush=True)


def access(program, process):
    """Of a user who may do what Fleet.acl() says, and so neither CLIENT nor HELLO nor PING."""
    segment = f"/outgrow-test-access-{os.getpid()}"
    command = outgrow.Fleet(scope=outgrow.Scope.host(segment), name="checkout").acl("outgrow")
    pathlib.Path(f"/dev/shm{segment}").unlink()
    rights = [word for word in command.split() if word[0] == "+"]
    assert "+eval" in rights
    with servers.Server(program, password=SECRET) as server:
        server.ask("ACL", "SETUSER", "default", "reset", "on", f">{SECRET}", "~k", *rights)
        for name, made in makers(process, ("client", "pool"))(server).items():
            with made() as fleet:
                assert b"redis_version" in fleet.one("INFO"), (name, fleet.why)
                assert fleet.one(f"EVAL|{PAIR}|1|k|7") == [7, 2], (name, fleet.why)
                assert text(fleet.one(f"EVAL|{PAIR}|1|another|7")).startswith("NOPERM "), name


def test_shared(program):
    with pumps() as process:
        shared(program, ("replies", "errors", "name_of_another"), process)
        access(program, process)
        with servers.Server(program) as server, makers(process)(server)["client"]() as fleet:
            process.tell("interrupt", fleet.name)
            said = text(fleet.one("EVAL|return redis.error_reply('OWN a\\nb  c')|1|k"))
            assert said == "OWN a b  c", said


def test_versions(program):
    """The oldest and the newest Jedis that it is for."""
    for version in OTHER_VERSIONS:
        with pumps(version) as process:
            kinds = (*KINDS, "RedisClient")
            if version == "oldest":
                kinds = [kind for kind in KINDS if "RESP3" not in kind]
            shared(program, ("replies",), process, kinds)
            shared(program, ("errors",), process, ("client", "pool"))
            access(program, process)


def test_silence(program):
    with servers.Server(program) as server, pumps() as process:
        with makers(process)(server)["client"](timeout=1.0) as fleet:
            add = f"EVAL|{ADD}|1|k|1"
            assert fleet.one(add) == 1
            server.pause()
            fleet.give(add)
            time.sleep(0.2)
            stale = fleet.give(*[add] * 50)
            servers.until(0.5, lambda: not fleet._due, "taken")
            servers.until(5, lambda: fleet.why, "told")
            server.resume()
            assert fleet.one(add) == 3, "a stale one was sent"
            assert not any(number in fleet.replies for number in stale)


def test_failures(program):
    """Told by the exceptions' names alone; no reply is waited for for long, and nothing sent again."""
    with (
        servers.Server(program, password=SECRET) as server,
        Proxy(server.port) as proxy,
        pumps() as process,
    ):
        for name, made in makers(process)(server, proxy.port).items():
            with made(timeout=0.5) as fleet:
                add = f"EVAL|{ADD}|1|{name}|1"
                assert fleet.one(add) == 1, name
                proxy.stall("down")
                began = time.monotonic()
                late = "JedisConnectionException: SocketTimeoutException"
                assert fleet.one(add) == late, (name, fleet.why)
                assert time.monotonic() - began < 2, name
                proxy.mend()
                assert fleet.one(add) == 3, (
                    name
                )  # the one without a reply was done, and not repeated
                proxy.cut()
                assert fleet.one("INFO").startswith("JedisConnectionException"), fleet.why
                proxy.mend()
                assert fleet.one(add) == 4, name
                server.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                servers.until(10, lambda: not proxy.connections(), "closed")
                servers.until(10, lambda: fleet.one(add) == 5, "connected")
                server.kill()
                servers.until(
                    10, lambda: "JedisConnectionException" in fleet.one("INFO"), "refused"
                )
                server.start()
                assert server.answers(15)
                servers.until(10, lambda: fleet.one(add) == 1, "back, and empty")
                shown = repr((fleet.why, fleet.replies))
                assert SECRET not in shown and "127.0.0.1" not in shown, shown
                assert str(proxy.port) not in shown, shown


def test_wrong_password(program):
    with servers.Server(program, password=SECRET) as server, pumps() as process:
        right, server.password = server.password, "not-" + SECRET
        for name, made in makers(process)(server).items():
            with made() as fleet:
                why = fleet.one("INFO")
                assert why.startswith("Jedis") and "AccessControlException" in why, (name, why)
                assert SECRET not in repr((fleet.why, fleet.replies))
        server.password = right


def test_no_idle_work(program):
    """It looks four times a second for its end, and does not spin where something is due for ever."""
    with (
        servers.Server(program) as server,
        pumps() as process,
        makers(process)(server)["client"]() as fleet,
    ):
        assert fleet.one("INFO")
        before = int(fleet.ask("waits")[0])
        time.sleep(1)
        assert int(fleet.ask("waits")[0]) - before < 10
        process.tell("always", fleet.name)
        before = int(fleet.ask("waits")[0])
        time.sleep(0.3)
        assert int(fleet.ask("waits")[0]) - before < 400


def test_threads(program):
    """Two of the pump's own, daemons; a stop ends them and closes the connection; or none, by hand."""
    with servers.Server(program) as server, pumps() as process:
        connected = server.ask("INFO")["connected_clients"]

        def has_connected(more):
            def has():
                return server.ask("INFO")["connected_clients"] == connected + more

            servers.until(5, has, f"{more} connections")

        # What else the client connects stays; `provider` has no connection of its own.
        with makers(process)(server)["provider"]() as fleet:
            both = "outgrow-fleet daemon,outgrow-fleet-sender daemon"
            assert (told := fleet.ask("threads")) == ["outgrow-fleet daemon", "true"], told
            for _ in range(2):
                assert b"redis_version" in fleet.one("INFO")
                assert fleet.ask("threads") == [both, "true"]
                has_connected(1)
                process.tell("stop", fleet.name)
                assert fleet.ask("threads") == ["", "false"]
                has_connected(0)
                process.tell("start", fleet.name)
            # What is due at the end is sent, such as what leave() asked for.
            process.tell("deaf", fleet.name)
            time.sleep(0.3)
            (last,) = fleet.give("INFO")
            process.tell("stop", fleet.name)
            servers.until(5, lambda: last in fleet.replies, "sent")
            process.tell("deaf", fleet.name)
            numbers = fleet.give("INFO", "INFO")
            assert fleet.ask("step") == ["2"]
            servers.until(5, lambda: all(one in fleet.replies for one in numbers), "told")
            assert fleet.ask("threads") == ["", "false"]
            process.tell("stop", fleet.name)
            has_connected(0)


def test_cluster(program):
    """Commands go to their keys' servers, also while a slot moves."""
    with servers.cluster(program, 2) as nodes, pumps() as process:
        first, second = nodes
        slot = 12182  # of foo: the second's
        with makers(process, ["cluster"])(first)["cluster"]() as fleet:
            assert b"role:master" in fleet.one("INFO")
            adds = [f"EVAL|{ADD}|1|{key}|1" for key in ("bar", "foo", "bar")]
            assert fleet.all(*adds) == [1, 1, 2]
            first.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", node_id(second))
            second.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", node_id(first))
            second.ask("MIGRATE", "127.0.0.1", first.port, "foo", 0, 5000)
            assert fleet.all(*adds) == [3, 2, 4]  # ASK
            for node in (first, second):
                node.ask("CLUSTER", "SETSLOT", slot, "NODE", node_id(first))
            assert fleet.all(*adds) == [5, 3, 6]  # MOVED
            assert fleet.why == [], fleet.why
            first.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            assert fleet.one(adds[1]).startswith("JedisConnectionException")
            assert fleet.all(*adds) == [7, 4, 8]


def test_clients(program):
    """None of the program's own connections is needed; and what can be no fleet's client is refused by name."""
    with servers.Server(program) as server, pumps() as process:
        with makers(process, ["busy"])(server)["busy"]() as fleet:
            assert b"redis_version" in fleet.one("INFO"), fleet.why
            kinds, said = zip(
                *(one.split(" ", 1) for one in fleet.ask("refusals")[0].split(";")), strict=True
            )
            state, argument = "IllegalStateException", "IllegalArgumentException"
            assert kinds == (state, argument, argument, argument, "NullPointerException", state)
            for text, word in zip(
                said,
                ("client, provider", "1 ms", "no provider", "no cluster", "client", "stop()"),
                strict=True,
            ):
                assert word in text, said


@contextlib.contextmanager
def sentinel(primary):
    """A Sentinel of one, which watches the primary as `fleet`."""
    with servers.Server(primary.program) as told:
        told.kill()
        config = told.folder / "sentinel.conf"
        config.write_text(
            f"port {told.port}\nbind 127.0.0.1\ndir {told.folder}\n"
            f"sentinel monitor fleet 127.0.0.1 {primary.port} 1\n"
        )
        told.process = subprocess.Popen(
            [told.program, config, "--sentinel"], stdout=subprocess.DEVNULL
        )
        assert told.answers(15)
        yield told


def test_sentinel(program):
    """After a failover it is the new primary that is asked."""
    with servers.Server(program) as old, servers.Server(program) as new:
        new.follow(old)
        with sentinel(old) as told, pumps() as process:
            with makers(process, ["sentinel"])(told)["sentinel"]() as fleet:
                add = f"EVAL|{ADD}|1|k|1"
                assert fleet.one(add) == 1
                servers.until(10, lambda: new.ask("GET", "k") == b"1", "replicated")

                def is_failing_over():  # as soon as it has heard of the replica
                    with contextlib.suppress(Exception):
                        return told.ask("SENTINEL", "FAILOVER", "fleet")

                servers.until(20, is_failing_over, "failing over")
                servers.until(20, lambda: new.ask("INFO")["role"] == "master", "promoted")
                old.ask("REPLICAOF", "127.0.0.1", new.port)  # which Sentinel says 10 s later
                servers.until(10, lambda: fleet.one(add) in (2, 3), "asked of the new primary")
                assert int(new.ask("GET", "k")) in (2, 3)


def test_exit(program):
    """The JVM ends with pumps that run, also while their server is silent."""
    with servers.Server(program) as server:
        for is_silent in (False, True):
            with Process([FOLDER / "jedis_pumps", "usual"]) as process:
                fleet = process.start("client", 30_000, server.port, "")
                assert fleet.one("INFO")
                if is_silent:
                    server.pause()
                    fleet.give("INFO")
                    servers.until(5, lambda: not fleet._due, "taken")
                began = time.monotonic()
            server.resume()
            assert process.code == 0 and time.monotonic() - began < 5


class JavaWorker(Worker):
    def __init__(self, settings):
        self.process = subprocess.Popen(
            [FOLDER / "jedis_worker", json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )


@contextlib.contextmanager
def machines(server, *kinds):
    """Of the workers of these kinds; the first of each is elected."""
    settings = dict(
        limit=f"{RATE}/s",
        password=server.password,
        options={"burst": BURST},
        scope={"timeout_ms": "200ms"},
    )
    name = f"jedis-{os.getpid()}"
    with contextlib.ExitStack() as stack:
        found = []
        for _ in kinds:
            found.append(Machine(name, server.port, 0, **settings))
            stack.callback(found[-1].end)
        for number in range(max(map(len, kinds))):
            for machine, kind in zip(found, kinds):
                if number < len(kind):
                    machine.workers.append(kind[number](machine._settings))
            for machine in found:
                assert machine.workers[-1].told() == "ready\n"
            up(found)
        yield found


def test_fleet(program):
    """One limit over two machines of two processes, of which one is Python's: its agent is killed, the server stops
    and later ends, and at last one machine leaves."""
    with (
        servers.Server(program, password=SECRET) as server,
        machines(server, (JavaWorker, Worker), (JavaWorker, JavaWorker)) as found,
    ):
        first, second = found
        agent, other = first.workers
        assert [machine.agent() for machine in found] == [machine.workers[0] for machine in found]
        killed = At((1, lambda: first.kill(agent)))
        run = Run(found, killed, 4)
        run.check(more=-SLICE)  # a machine fewer than Run has
        handed = killed.times[0] + S
        run.used_well(
            since=handed, least=0.7
        )  # by the three that are left, on a machine that is busy
        lone = run.share(handed, run.ends, run.by_worker[other])
        assert lone > 0.1, f"the other worker of its machine was let through {lone:.2f} of the rate"
        assert other.status()["agent"] == "this process"

        stopped = At((1, server.pause), (1, server.resume))
        run = Run(found, stopped, 5)
        run.check(more=BURST - SLICE)
        since, until = stopped.times
        assert run.share(since + S // 2, until) > 0.7, "apart they go on"
        run.used_well(since=until + S, least=0.7)

        server.kill()
        for machine in found:
            servers.until(
                5, lambda one=machine: one.workers[0].status()["state"] == "apart", "apart"
            )
        assert "JedisConnectionException" in second.workers[0].status()["why"]
        server.start()
        up(found)

        shown = [worker.ask("status") for machine in found for worker in machine.workers]
        for secret in (SECRET, "127.0.0.1", "localhost", str(server.port)):
            assert secret not in repr(shown), (secret, shown)
        second.kill(second.workers[1])
        second.workers[0].ask("leave")
        servers.until(6, lambda: other.status()["machines"] == 1, "left")


def test_example(program):
    """Two machines that stop for good after they asked for 200 tokens each have the 100 that there are."""
    with servers.Server(program, password=SECRET) as server:
        segments = [f"/outgrow-test-example-{os.getpid()}-{number}" for number in range(2)]
        running = [
            subprocess.Popen(
                [FOLDER.parents[1] / "examples/java/fleet", "127.0.0.1", str(server.port), one],
                env=dict(os.environ, REDIS_PASSWORD=SECRET),
                stdout=subprocess.PIPE,
            )
            for one in segments
        ]
        passed = [int(process.communicate(timeout=60)[0]) for process in running]
        for one in segments:
            pathlib.Path(f"/dev/shm{one}").unlink(missing_ok=True)
        assert [process.returncode for process in running] == [0, 0]
        print(f"{passed[0]} + {passed[1]} of 100")
        assert 80 <= sum(passed) <= 100, (
            passed
        )  # what a machine was granted and did not ask for is lost
        assert server.ask("ZCARD", "outgrow:shop:members") == 0, "a machine has not left"


def test_documentation(program):
    """What docs/fleet.md shows, on a server that is there."""
    with servers.Server(program, password=SECRET) as server:
        shown = (servers.ROOT / "docs/fleet.md").read_text()
        [source] = [one for one in re.findall(r"```java\n(.*?)```", shown, re.S) if "class" in one]
        segment = f"/outgrow-test-checkout-{os.getpid()}"
        for name, own in {
            '"redis.internal", 6379': f'"127.0.0.1", {server.port}',
            '"/checkout"': f'"{segment}"',
        }.items():
            assert name in source
            source = source.replace(name, own)
        file = server.folder / "Checkout.java"
        file.write_text(source)
        ran = subprocess.run(
            [FOLDER / "jedis_program", file, "alice"],
            env=dict(os.environ, REDIS_PASSWORD=SECRET),
            capture_output=True,
            text=True,
        )
        pathlib.Path(f"/dev/shm{segment}").unlink(missing_ok=True)
        assert ran.returncode == 0 and ran.stdout in ("", "alice: too many\n"), ran


if __name__ == "__main__":
    servers.run(globals())
