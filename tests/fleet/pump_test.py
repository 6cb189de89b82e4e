# SPDX-License-Identifier: Apache-2.0
"""pump_test.py SERVER [TEST...]: what outgrow.redis makes of a client: every reply and every error as the server wrote it, nothing
sent twice, nothing that hangs. SERVER: redis or valkey. Without a fleet: see scripted.py."""

import asyncio
import contextlib
import gc
import os
import socket
import subprocess
import sys
import threading
import time
from unittest import mock

import servers
from proxy import Proxy
from scripted import Scripted

import outgrow.redis

SECRET = "open-sesame"
ADD = "return redis.call('INCRBY', KEYS[1], ARGV[1])"
ADD_SHA = "2d5fe0f8ba9b1fc6e7bb1ff08b1d1d3d6ffcbe5c"  # of no script
PAIR = "return {tonumber(ARGV[1]), 2}"


@contextlib.contextmanager
def pumped(client, timeout=10):
    with outgrow.redis.Pump(Scripted(), client, timeout=timeout) as pump:
        yield pump.fleet


@contextlib.contextmanager
def pumped_by_loop(client, timeout=10):
    with outgrow.redis.AsyncPump(Scripted(), client, timeout=timeout) as pump:
        yield pump.fleet


def text(error):
    assert isinstance(error, Exception), error
    return str(error)


def makers(server, port=None):
    """Ways to carry to one server: client's settings given, each kind of client and pump."""
    import redis

    address = {"host": "127.0.0.1", "port": port or server.port, "password": server.password}

    def of_threads(package, **settings):
        return lambda **options: pumped(package(**address, **settings), **options)

    def of_loop(**settings):
        return lambda **options: pumped_by_loop(
            redis.asyncio.Redis(**address, **settings), **options
        )

    found = {
        "threads": of_threads(redis.Redis),
        "threads, decoded": of_threads(redis.Redis, decode_responses=True),
        "threads, RESP3": of_threads(redis.Redis, protocol=3),
        "asyncio": of_loop(),
        "asyncio, decoded": of_loop(decode_responses=True),
        "asyncio, RESP3": of_loop(protocol=3),
    }
    with contextlib.suppress(ImportError):
        import valkey

        found["valkey"] = of_threads(valkey.Valkey)
    return found


def test_replies(program):
    """As the server wrote them, whatever the client makes of them for others."""
    with servers.Server(program, password=SECRET) as server:
        for name, made in makers(server).items():
            server.ask("FLUSHALL")
            with made() as fleet:
                info = fleet.one("INFO")
                assert b"\r\nmaxmemory_policy:noeviction\r\n" in info, (name, info)
                assert b"\r\nrole:master\r\n" in info and b"\r\ndb0" not in info, name
                answers = fleet.all(
                    f"EVAL|{ADD}|1|k|5",
                    f"EVAL|{PAIR}|1|k|7",
                    f"EVALSHA|{ADD_SHA}|1|k|5",
                    "EVAL|return KEYS[1]|1|k",
                    "EVAL|return false|1|k",
                    f"EVAL|{ADD}|1|k|1",
                )
                assert answers[:2] == [5, [7, 2]], (name, answers)
                assert text(answers[2]).startswith("NOSCRIPT "), (name, answers)
                assert answers[3:] == [b"k", None, 6], (name, answers)
                assert fleet.why == [], (name, fleet.why)


def test_errors(program):
    """The first word of each is its kind again."""
    with servers.Server(program, password=SECRET) as server:
        for name, made in makers(server).items():
            server.ask("FLUSHALL")
            with made() as fleet:
                add = f"EVAL|{ADD}|1|k|1"
                assert fleet.one(add) == 1, name
                assert text(fleet.one("EVAL|return nonsense(|1|k")).startswith("ERR "), name
                server.ask("LPUSH", "list", 1)
                assert text(fleet.one(f"EVAL|{ADD}|1|list|1")).startswith("WRONGTYPE "), name
                server.set("min-replicas-to-write", 1)
                assert text(fleet.one(add)).startswith("NOREPLICAS "), name
                server.set("min-replicas-to-write", 0)
                server.set("maxmemory", 1)
                assert text(fleet.one(add)).startswith("OOM "), name
                server.set("maxmemory", 0)
                server.ask("ACL", "SETUSER", "default", "-eval")
                assert text(fleet.one(add)).startswith("NOPERM "), name
                server.ask("ACL", "SETUSER", "default", "+eval")
                server.ask("REPLICAOF", "127.0.0.1", 1)
                assert text(fleet.one(add)).startswith(("READONLY ", "MASTERDOWN ")), name
                assert b"role:slave" in fleet.one("INFO"), name
                server.promote()
                assert fleet.one(add) == 2, name  # none of the refused was done
                assert fleet.why == [], (name, fleet.why)


def test_failures(program):
    """Told by the exception's name alone, and over as soon as the server is back; no reply is waited for for long."""
    with servers.Server(program, password=SECRET) as server, Proxy(server.port) as proxy:
        for name, made in makers(server, proxy.port).items():
            with made(timeout=0.5) as fleet:
                add = f"EVAL|{ADD}|1|{name}|1"
                assert fleet.one(add) == 1, name
                proxy.stall("down")
                began = time.monotonic()
                assert fleet.one(add) == "TimeoutError", (name, fleet.why)
                assert time.monotonic() - began < 2, name
                proxy.mend()
                assert fleet.one(add) == 3, (
                    name
                )  # the one without a reply was done, and not repeated
                proxy.cut()
                servers.until(10, lambda: fleet.one("INFO") == "ConnectionError", "seen")
                proxy.mend()
                assert fleet.one(add) == 4, name
                server.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                servers.until(10, lambda: not proxy.connections(), "closed")
                assert fleet.one(add) == 5, name  # closed while idle: seen before anything is sent
                assert set(fleet.why) <= {"TimeoutError", "ConnectionError"}, (name, fleet.why)


def test_silence(program):
    """While the server is silent, commands go on being taken; what is stale by then is not sent."""
    with servers.Server(program) as server:
        for name in ("threads", "asyncio"):
            server.ask("FLUSHALL")
            with makers(server)[name](timeout=1.0) as fleet:
                add = f"EVAL|{ADD}|1|k|1"
                assert fleet.one(add) == 1
                server.pause()
                fleet.give(add)
                time.sleep(0.2)
                stale = fleet.give(*[add] * 50)
                servers.until(0.5, lambda: not fleet._due, "taken")
                servers.until(5, lambda: fleet.why, "told")
                server.resume()
                assert fleet.one(add) == 3, (name, "a stale one was sent")
                assert not any(number in fleet.replies for number in stale), name


def test_restarting_server(program):
    """What a server says that is loading; and it has lost all."""
    with servers.Server(program, password=SECRET) as server:
        for name, made in makers(server).items():
            with made(timeout=0.5) as fleet:
                add = f"EVAL|{ADD}|1|{name}|1"
                assert fleet.one(add) == 1, name
                server.kill()
                assert fleet.one(add) == "ConnectionError", (name, fleet.why)
                server.start()
                servers.until(10, lambda: fleet.one(add) == 1, "back")


def test_wrong_password(program):
    with servers.Server(program, password=SECRET) as server:
        client = server.client()
        client.connection_pool.connection_kwargs["password"] = "not-" + SECRET
        with pumped(client) as fleet:
            assert fleet.one("INFO") == "AuthenticationError", fleet.why
            assert SECRET not in repr((fleet.why, fleet.replies))


def test_no_idle_work(program):
    """A pump that has nothing to carry looks four times a second for its end, and no more."""
    with servers.Server(program) as server, makers(server)["threads"]() as fleet:
        assert fleet.one("INFO")
        before, began = fleet.waits, time.process_time()
        time.sleep(1)
        assert fleet.waits - before < 10, fleet.waits - before
        assert time.process_time() - began < 0.2


def test_no_spin(program):
    """Nor where the fleet always says that something is due, or fails."""
    for wrong in ({"wait_due": lambda *_: True}, {"take": lambda *_: 1 / 0}):
        with servers.Server(program) as server, mock.patch.multiple(Scripted, **wrong):
            calls = []
            with mock.patch.object(Scripted, "take", _counted(Scripted.take, calls)):
                with makers(server)["threads"]():
                    time.sleep(0.3)
                    assert len(calls) < 400, len(calls)


def _counted(function, calls):
    def counted(*arguments):
        calls.append(1)
        return function(*arguments)

    return counted


def test_cluster(program):
    """Commands go to their keys' servers, also while a slot moves."""
    import redis

    with servers.cluster(program, 2) as nodes:
        first, second = nodes
        slot = 12182  # of foo: the second's

        def of_threads(**settings):
            return pumped(redis.RedisCluster("127.0.0.1", first.port, **settings))

        def of_loop(**settings):
            return pumped_by_loop(
                lambda: redis.asyncio.RedisCluster("127.0.0.1", first.port, **settings)
            )

        for number, made in enumerate((of_threads, of_loop)):
            with made(decode_responses=bool(number)) as fleet:
                assert b"role:master" in fleet.one("INFO")
                adds = [f"EVAL|{ADD}|1|{key}|1" for key in ("bar", "foo", "bar")]
                assert fleet.all(*adds) == [1, 1, 2], number
                first.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", node_id(second))
                second.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", node_id(first))
                second.ask("MIGRATE", "127.0.0.1", first.port, "foo", 0, 5000)
                assert fleet.all(*adds) == [3, 2, 4], number  # ASK
                for node in (first, second):
                    node.ask("CLUSTER", "SETSLOT", slot, "NODE", node_id(first))
                assert fleet.all(*adds) == [5, 3, 6], number  # MOVED
                first.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", node_id(second))
                second.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", node_id(first))
                first.ask("MIGRATE", "127.0.0.1", second.port, "foo", 0, 5000)
                for node in (second, first):
                    node.ask("CLUSTER", "SETSLOT", slot, "NODE", node_id(second))
                assert fleet.all(*adds) == [7, 4, 8], number
                assert fleet.why == [], fleet.why
                for node in nodes:
                    node.ask("FLUSHALL")


def node_id(server):
    return server.ask("CLUSTER", "MYID").decode()


def test_sentinel(program):
    """After a failover it is the new primary that is asked."""
    import redis

    with servers.Server(program) as old, servers.Server(program) as new:
        new.follow(old)
        primary = [old]

        class Known(redis.Sentinel):
            def discover_master(self, service_name):
                return "127.0.0.1", primary[0].port

        with pumped(Known([]).master_for("fleet")) as fleet:
            add = f"EVAL|{ADD}|1|k|1"
            assert fleet.one(add) == 1
            servers.until(10, lambda: new.ask("GET", "k") == b"1", "replicated")
            new.promote()
            old.ask("REPLICAOF", "127.0.0.1", new.port)
            primary[0] = new
            servers.until(10, lambda: fleet.one(add) in (2, 3), "asked of the new primary")


def test_name_of_another(program):
    """A name leads to another server than before: asked of by who is refused by the one before."""
    with servers.Server(program) as old, servers.Server(program) as new, Proxy(old.port) as proxy:
        for name, made in makers(old, proxy.port).items():
            with made() as fleet:
                proxy.point(old.port)
                add = f"EVAL|{ADD}|1|{name}|1"
                assert fleet.one(add) == 1, name
                new.follow(old)
                new.promote()
                old.follow(new)
                proxy.point(new.port)
                assert text(fleet.one(add)).startswith("READONLY "), name
                assert fleet.one(add) == 2, name
                old.promote()
                assert fleet.why == []


def test_wrong_clients(program):
    import redis

    for pump, client, said in (
        (outgrow.redis.Pump, object(), "not object"),
        (outgrow.redis.Pump, redis.asyncio.Redis(), "which AsyncPump takes"),
        (outgrow.redis.AsyncPump, redis.Redis(), "which Pump takes"),
        (outgrow.redis.AsyncPump, None, "not NoneType"),
        (outgrow.redis.AsyncPump, redis.asyncio.RedisCluster("x"), "give a function"),
    ):
        try:
            pump(Scripted(), client)
        except TypeError as error:
            assert said in str(error), error
        else:
            raise AssertionError(f"{pump.__name__} took {client}")


def test_stop(program):
    """Joins its threads and closes its connections; a second start goes on."""
    with servers.Server(program) as server:
        before = threading.active_count()
        connected = server.ask("INFO")["connected_clients"]
        pump = outgrow.redis.Pump(Scripted(), server.client())
        for _ in range(2):
            with pump:
                assert pump.start() is pump and pump.running
                assert b"redis_version" in pump.fleet.one("INFO")
            assert not pump.running and threading.active_count() == before
            servers.until(5, lambda: server.ask("INFO")["connected_clients"] == connected, "closed")
        pump.stop()
        numbers = pump.fleet.give("INFO", "INFO")
        assert pump.step(0.1) == 2 and all(number in pump.fleet.replies for number in numbers)
        assert pump.step() == 0
        pump.stop()


def test_last_words(program):
    """What is due as it stops is sent, such as what leave() asked for: also what the pump has not heard of yet."""
    import redis

    class Deaf(Scripted):
        is_deaf = False

        def wait_due(self, timeout):
            if not self.is_deaf:
                return super().wait_due(timeout)
            time.sleep(0.01)
            return False

        def take(self):
            return "" if self.is_deaf else super().take()

    with servers.Server(program) as server:
        for pump in (
            outgrow.redis.Pump(Deaf(), server.client()),
            outgrow.redis.AsyncPump(Deaf(), redis.asyncio.Redis(port=server.port)),
        ):
            pump.start()
            assert b"redis_version" in pump.fleet.one("INFO")
            pump.fleet.is_deaf = True
            time.sleep(0.3)  # the pump's longest wait
            (last,) = pump.fleet.give("INFO")
            ending = pump._threads._stepper.end

            def end(fleet=pump.fleet, ending=ending):
                ending()
                fleet.is_deaf = False

            pump._threads._stepper.end = end
            pump.stop()
            assert last in pump.fleet.replies


def test_async_with(program):
    """In a program's loop, which it does not need: a client of Sentinel's is made by a function."""
    import redis

    class Known(redis.asyncio.Sentinel):
        async def discover_master(self, service_name):
            return "127.0.0.1", server.port

    async def main():
        client = redis.asyncio.Redis(host="127.0.0.1", port=server.port)
        assert await client.ping()
        for one in (client, lambda: Known([]).master_for("fleet")):
            async with outgrow.redis.AsyncPump(Scripted(), one) as pump:
                assert b"redis_version" in pump.fleet.one("INFO")  # the loop is held
            assert await client.ping()
        await client.aclose()

    with servers.Server(program) as server:
        asyncio.run(main())


def test_fork(program):
    """The child's pump goes on by itself, over a connection of its own."""
    with servers.Server(program) as server:
        for name in ("threads", "asyncio"):
            with makers(server)[name]() as fleet:
                add = f"EVAL|{ADD}|1|{name}|1"
                assert fleet.one(add) == 1
                child = os.fork()
                if child == 0:
                    code = 1
                    with contextlib.suppress(BaseException):
                        fleet._changed = threading.Condition()
                        code = 0 if fleet.one(add) == 2 else 2
                    os._exit(code)
                assert os.waitpid(child, 0)[1] == 0
                assert fleet.one(add) == 3 and fleet.why == [], fleet.why


def test_fork_leaves_the_loop(program):
    """What a child drops of its parent's event loop is not the parent's: that reads, and resolves names, as before."""
    import redis

    with servers.Server(program) as server:
        client = redis.asyncio.Redis(host="localhost", port=server.port)
        with pumped_by_loop(client, timeout=3) as fleet:
            add = f"EVAL|{ADD}|1|k|1"
            assert fleet.one(add) == 1
            child = os.fork()
            if child == 0:
                gc.collect()
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
            assert fleet.one(add) == 2, fleet.why
            server.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            resolve = socket.getaddrinfo
            with mock.patch(
                "socket.getaddrinfo", lambda *a, **k: time.sleep(0.2) or resolve(*a, **k)
            ):
                assert fleet.one(add) == 3, fleet.why
            assert fleet.why == [], fleet.why


EXIT = """
import sys, redis, outgrow.redis
from scripted import Scripted
pump = outgrow.redis.Pump(Scripted(), redis.Redis("127.0.0.1", int(sys.argv[1])), timeout=30).start()
print(pump.fleet.one("INFO") and "ready", flush=True)
sys.stdin.read()
pump.fleet.give("INFO")
sys.exit(7)
"""


def test_exit(program):
    """The interpreter ends with a pump that runs, also while its server is silent."""
    with servers.Server(program) as server:
        for is_silent in (False, True):
            process = subprocess.Popen(
                [sys.executable, "-c", EXIT, str(server.port)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path))),
            )
            assert process.stdout.readline() == b"ready\n"
            if is_silent:
                server.pause()
            began = time.monotonic()
            _, errors = process.communicate(timeout=20)
            server.resume()
            assert (process.returncode, errors) == (7, b""), (process.returncode, errors)
            assert time.monotonic() - began < 5


if __name__ == "__main__":
    servers.run(globals())
