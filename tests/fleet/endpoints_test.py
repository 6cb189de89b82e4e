# SPDX-License-Identifier: Apache-2.0
"""endpoints_test.py SERVER [TEST...]: three machines of two workers each, with one set of endpoints, over which all of
them pick all the time. SERVER: redis or valkey."""

import contextlib
import time

import servers
from machines import Machine, machines, up

CONFIGURED = {"10.0.0.1:80": 1, "10.0.0.2:80": 1}


@contextlib.contextmanager
def fleet(server):
    with machines(server, worker="endpoints_worker.py", configured=CONFIGURED) as found:
        up(found)
        yield found


def every(found):
    return [worker for machine in found for worker in machine.workers]


def all_have(found, wanted, seconds=10):
    """Until every worker of every machine has these and no others."""
    began = time.monotonic()
    told = []

    def have():
        told[:] = [worker.ask("has") for worker in every(found)]
        return all(one == wanted for one in told)

    try:
        servers.until(seconds, have, "one set on all machines")
    except AssertionError:
        for one in told:
            print(len(one), sorted(set(one.items()) ^ set(wanted.items()))[:6])
        raise
    return time.monotonic() - began


def test_changes(program):
    with servers.Server(program) as server, fleet(server) as found:
        first, second, third = (machine.workers[0] for machine in found)
        wanted = dict(CONFIGURED)
        all_have(found, wanted)
        second.ask("put", ["10.0.0.3:80"], 4)
        first.ask("put", ["10.0.0.1:80"], 7)
        third.ask("remove", ["10.0.0.2:80"])
        wanted.update({"10.0.0.3:80": 4, "10.0.0.1:80": 7})
        del wanted["10.0.0.2:80"]
        took = all_have(found, wanted)
        for worker in every(found):
            assert worker.ask("picked", 40) == sorted(wanted)
        print(f"all six processes had three changes of three machines after {took:.2f} s")
        # A machine that starts with its list takes what the fleet has.
        settings = {
            "worker": "endpoints_worker.py",
            "configured": CONFIGURED,
            "password": server.password,
        }
        fourth = Machine(found[0].fleet, server.port, 2, **settings)
        try:
            fourth.ready()
            up([*found, fourth])
            all_have([*found, fourth], wanted)
        finally:
            fourth.end()


def test_health(program):
    """What two machines find unhealthy, no process of the third picks; what one finds, it alone."""
    with servers.Server(program) as server, fleet(server) as found:
        bad, well = CONFIGURED
        all_have(found, CONFIGURED)
        first, second, _ = (machine.workers[0] for machine in found)
        first.ask("find", well, False)
        first.ask("find", bad, False)
        second.ask("find", bad, False)
        began = time.monotonic()
        third = found[2].workers
        servers.until(10, lambda: all(w.ask("picked", 20) == [well] for w in third), "overruled")
        print(
            f"the third machine picked it no more {time.monotonic() - began:.2f} s after the second vote"
        )
        assert found[1].workers[1].ask("picked", 20) == [well]
        assert found[0].workers[1].ask("picked", 20) == []
        second.ask("find", bad, True)
        servers.until(10, lambda: all(w.ask("picked", 20) == [bad, well] for w in third), "well")
        assert found[0].workers[1].ask("picked", 20) == []


def test_outages(program):
    """Changes while the server is stopped, while a machine is without an agent, and after the server forgot all."""
    with servers.Server(program) as server, fleet(server) as found:
        first, second, third = (machine.workers[0] for machine in found)
        wanted = dict(CONFIGURED)
        all_have(found, wanted)
        server.pause()
        for i, worker in enumerate((first, second, third)):
            worker.ask("put", [f"10.0.1.{i}:80"], i + 1)
            wanted[f"10.0.1.{i}:80"] = i + 1
        time.sleep(2)
        assert len(third.ask("has")) == 3 and found[2].workers[1].ask("has") == third.ask("has")
        server.resume()
        took = all_have(found, wanted)
        agent = found[0].agent()
        found[0].kill(agent)
        found[0].workers[0].ask("put", ["10.0.2.1:80"], 9)
        wanted["10.0.2.1:80"] = 9
        all_have(found, wanted)
        server.ask("FLUSHALL")
        found[1].workers[1].ask("remove", ["10.0.1.0:80"])
        del wanted["10.0.1.0:80"]
        all_have(found, wanted)
        picks = [worker.ask("picks") for worker in every(found)]
        longest = max(one["longest"] for one in picks)
        print(
            f"all had what was changed in the outage {took:.2f} s after it; of {sum(one['picks'] for one in picks)} picks "
            f"20 took {longest / 1e6:.1f} ms at most"
        )
        assert all(one["picks"] > 1000 for one in picks)
        assert longest < 10**9  # nobody waits for a server that does not answer


def test_many(program):
    """A thousand endpoints, told by one machine and read by a new one."""
    with servers.Server(program) as server, fleet(server) as found:
        wanted = dict(CONFIGURED)
        all_have(found, wanted)
        names = [f"10.1.{i // 250}.{i % 250}:8080" for i in range(1000)]
        found[0].workers[0].ask("put", names, 3)
        wanted.update(dict.fromkeys(names, 3))
        took = all_have(found, wanted, 30)
        print(f"all had a thousand after {took:.2f} s")


if __name__ == "__main__":
    servers.run(globals())
