# SPDX-License-Identifier: Apache-2.0
"""fleet_test.py SERVER [TEST...]: three machines of two workers each, on one limiter of 2,000 a second, and what may
become of their server and of them. SERVER: redis or valkey. OUTGROW_SECONDS is for how long they spend (5).

All ask for three times what there is. Over every window there is, they may use no more than

    burst + rate * window + min(rate * lease, machines * slice)

and as much more as each test says. No call waits for a server, and all recover without a restart."""

import asyncio
import os
import pathlib
import time
from collections import Counter

import servers
from machines import machines, up
from proxy import Proxy
from spending import total, worst

import outgrow
import outgrow.redis

SECONDS = float(os.environ.get("OUTGROW_SECONDS") or 5)
RATE, BURST, SLICE, LEASE, TIMEOUT = 2000, 200, 20, 0.5, 0.2
MACHINES, WORKERS = 3, 2
BOUND = BURST + min(RATE * LEASE, MACHINES * SLICE)
EACH = 3 * RATE // (MACHINES * WORKERS)  # a second
S = 10**9
SECRET = "open-sesame"
MS = 10**6
COUNTS = ("granted", "lost", "granted_apart", "parted", "unknown", "elections")


class Run:
    """What all workers spent, while `during` was done to them."""

    def __init__(self, found, during=lambda: None, seconds=SECONDS):
        workers = [worker for machine in found for worker in machine.workers]
        before = Counter()
        for machine in found:
            before.update(
                {k: v for k, v in machine.workers[0].status().items() if v and k in COUNTS}
            )
        for worker in workers:
            worker.tell("spend", seconds, EACH)
        self.began = time.monotonic_ns()
        during()
        alive = [one for machine in found for one in machine.workers]
        answers = {worker: worker.answer() for worker in alive}
        self.by_worker = {
            worker: [(at, 1) for at, _ in answer["admitted"]] for worker, answer in answers.items()
        }
        self.records = [one for own in self.by_worker.values() for one in own]
        self.taken = sorted(ns for answer in answers.values() for ns in answer["taken"])
        # A call's token was spent within the call; its time is the call's end.
        slowest = max((ns for a in answers.values() for _, ns in a["admitted"]), default=0)
        self.slack = RATE * slowest / S + 1
        told = [machine.workers[0].status() for machine in found]
        self.counts = {name: sum(one[name] for one in told) - before[name] for name in COUNTS}
        self.ends = self.began + int(seconds * S)

    def check(self, more=0.0, calls=1 * MS, bound=BOUND):
        surplus, at = worst(self.records, RATE)
        p99 = self.taken[len(self.taken) * 99 // 100]
        used = total(self.records)
        print(
            f"{used} used in {(self.ends - self.began) / S:.1f} s; {surplus:.0f} over the rate at most, of "
            f"{bound + more:.0f}, {(at - self.began) / S:.2f} s after the start; a call took "
            f"{self.taken[len(self.taken) // 2] / 1e3:.0f} us, p99 {p99 / 1e3:.0f}, at most {self.taken[-1] / 1e6:.1f} ms"
        )
        print(", ".join(f"{name} {count}" for name, count in self.counts.items()))
        assert surplus <= bound + more + self.slack, (surplus, bound, more, self.slack)
        assert p99 <= calls, f"p99 of a call's time is {p99} ns"

    def share(self, since, until, records=None):
        """Of the rate, between two times of time.monotonic_ns()."""
        used = total(self.records if records is None else records, since, until)
        return used / (RATE * (until - since) / S)

    def used_well(self, since=None, until=None, least=0.9):
        since, until = since or self.began, until or self.ends - S // 10
        share = self.share(since, until)
        assert share >= least, f"{share:.2f} of the rate was used, {least} should be"


def fleet(server, ports=(None,) * MACHINES, **options):
    return machines(
        server,
        ports,
        WORKERS,
        limit=f"{RATE}/s",
        options=dict({"burst": BURST}, **options),
        scope={"timeout_ms": f"{TIMEOUT}s"},
    )


class At:
    """Steps of what happens to a run; when each was."""

    def __init__(self, *steps):
        self.steps, self.times = steps, []

    def __call__(self):
        for seconds, step in self.steps:
            time.sleep(seconds)
            step()
            self.times.append(time.monotonic_ns())


def test_bound(program):
    with servers.Server(program) as server, fleet(server) as found:
        up(found)
        before = server.ask("INFO")["total_commands_processed"]
        run = Run(found)
        run.check()
        run.used_well()
        trips = server.ask("INFO")["total_commands_processed"] - before
        print(
            f"{trips} commands, of which scripts make most: {trips / total(run.records):.3f} a token"
        )


def over_in(mode, found):
    """What a mode may let through beside burst + rate * window."""
    return {"exact": RATE * TIMEOUT, "optimistic": len(found) * SLICE}[mode]


def test_modes(program):
    """exact and optimistic: each within its own bound, and all of the rate."""
    for mode in ("exact", "optimistic"):
        options = {} if mode == "exact" else {"slice": SLICE}
        with servers.Server(program) as server, fleet(server, mode=mode, **options) as found:
            up(found)
            before = server.ask("INFO")["total_commands_processed"]
            run = Run(found)
            print(mode)
            # An exact call waits for its answer.
            run.check(bound=BURST + over_in(mode, found), calls=100 * MS)
            run.used_well()
            trips = server.ask("INFO")["total_commands_processed"] - before
            print(
                f"{trips / SECONDS:.0f} commands a second, {trips / total(run.records):.3f} a token"
            )


def test_event_loop(program):
    """exact in an event loop: no call holds it up, and an awaited one gets its token."""
    import redis

    async def calls(limiter):
        longest = 0.0

        async def tick():
            nonlocal longest
            while True:
                before = time.monotonic()
                await asyncio.sleep(0.001)
                longest = max(longest, time.monotonic() - before)

        ticks = asyncio.create_task(tick())
        assert not limiter.try_acquire("first"), "a call in an event loop waited for the server"
        await limiter.acquire("first", timeout=2)
        await asyncio.gather(*(limiter.acquire("key", timeout=2) for _ in range(40)))
        began = time.monotonic()
        rest = await asyncio.gather(
            *(limiter.acquire("key", timeout=0.5) for _ in range(100)), return_exceptions=True
        )
        took = time.monotonic() - began
        passed = sum(one is None for one in rest)
        ticks.cancel()
        print(
            f"{passed} more within {took:.2f} s; the loop was held up for {longest * 1e3:.0f} ms at most"
        )
        # 50, of which 40 were taken, and 20 a second.
        assert 10 <= passed <= 10 + 20 * (took + 1) + 1, passed
        assert longest < 0.5, longest

    segment = f"/outgrow-test-fleet-{os.getpid()}-loop"
    with servers.Server(program) as server:
        try:
            found = outgrow.Fleet(
                scope=outgrow.Scope.host(segment), name="loop", timeout_ms="200ms"
            )
            limiter = outgrow.RateLimiter(
                "20/s", scope=found.scope(), name="calls", burst=50, mode="exact"
            )
            with outgrow.redis.Pump(found, redis.Redis("127.0.0.1", server.port)) as pump:
                servers.until(10, lambda: pump.status()["state"] == "up", "up")
                asyncio.run(calls(limiter))
        finally:
            pathlib.Path(f"/dev/shm{segment}").unlink(missing_ok=True)


def test_stopped_server(program):
    """SIGSTOP. Each machine has its share of the rate, and all together one burst more."""
    with servers.Server(program) as server, fleet(server) as found:
        up(found)
        stopped = At((1.5, server.pause), (SECONDS - 3.5, server.resume))
        run = Run(found, stopped)
        run.check(more=BURST)
        pause, resume = stopped.times
        assert 0.7 <= run.share(pause + S // 2, resume) <= 1.2, run.share(pause + S // 2, resume)
        run.used_well(since=resume + S)
        up(found)


def test_killed_agent(program):
    """SIGKILL. Another process of its machine is elected within a second."""
    with servers.Server(program) as server, fleet(server) as found:
        up(found)
        agent = found[0].agent()
        other = next(worker for worker in found[0].workers if worker is not agent)
        killed = At((2, lambda: found[0].kill(agent)))
        run = Run(found, killed)
        run.check()
        dead = killed.times[0]
        lone = run.share(dead + S, run.ends, run.by_worker[other])
        assert lone > 0.1, f"the other worker of its machine was let through {lone:.2f} of the rate"
        run.used_well(since=dead + S)
        assert other.status()["agent"] == "this process"
        up(found)


def test_promoted_replica(program):
    """What the replica had not been told is lost: a burst at most. All reach it by the name of the old."""
    with servers.Server(program) as old, servers.Server(program) as new, Proxy(old.port) as proxy:
        new.follow(old)

        def promote():
            proxy.cut()
            new.promote()
            proxy.point(new.port)
            proxy.mend()

        with fleet(old, (proxy.port,) * MACHINES) as found:
            up(found)
            promoted = At((2, promote))
            run = Run(found, promoted)
            # Apart for a moment, each may have its share of a burst; the replica's bucket may be full.
            run.check(more=2 * BURST)
            run.used_well(since=promoted.times[0] + S)
            up(found)


def test_lost_data(program):
    """FLUSHALL and SCRIPT FLUSH: a full bucket again, and no more."""
    with servers.Server(program) as server, fleet(server) as found:
        up(found)

        def flush():
            server.ask("FLUSHALL")
            server.ask("SCRIPT", "FLUSH")

        run = Run(found, At((2, flush)))
        run.check(more=BURST)
        run.used_well()
        up(found)


def test_full_server(program):
    """CONFIG SET maxmemory: it refuses all, and each machine has its share until it has room again."""
    with servers.Server(program) as server, fleet(server) as found:
        up(found)
        full = At(
            (1.5, lambda: server.set("maxmemory", "1mb")),
            (SECONDS - 3.5, lambda: server.set("maxmemory", "0")),
        )
        run = Run(found, full)
        # It may let a command in now and then: each time that it is found full after that is an outage.
        run.check(more=BURST)
        assert run.counts["parted"] <= 6 * MACHINES, "it is asked as often as if it were not full"
        since, until = full.times
        assert 0.6 <= run.share(since + S // 2, until) <= 1.2, run.share(since + S // 2, until)
        run.used_well(since=until + S)
        up(found)


def test_cut_machine(program):
    """It has its share of the rate, which the others do not know of, and theirs is all of it."""
    with servers.Server(program) as server, Proxy(server.port) as proxy:
        with fleet(server, (proxy.port, None, None)) as found:
            up(found)
            cut = At((1.5, proxy.cut), (SECONDS - 3.5, proxy.mend))
            run = Run(found, cut)
            since, until = cut.times
            own = [one for worker in found[0].workers for one in run.by_worker[worker]]
            share = run.share(since + S // 2, until, own)
            print(f"the machine that is cut off had {share:.2f} of the rate")
            run.check(more=run.counts["granted_apart"])
            assert 0.2 <= share <= 0.45, f"the machine that is cut off had {share:.2f}"
            run.used_well(since=until + S)
            up(found)


def test_stalled_network(program):
    """Replies are held back, and come later all at once."""
    with servers.Server(program) as server, Proxy(server.port) as proxy:
        with fleet(server, (proxy.port,) * MACHINES) as found:
            up(found)
            stalled = At((1.5, lambda: proxy.stall("down")), (SECONDS - 3.5, proxy.mend))
            run = Run(found, stalled)
            run.check(more=BURST)
            run.used_well(since=stalled.times[1] + S)
            up(found)


def test_policies(program):
    """closed lets nothing through while the server is silent, and open all."""
    for outage, least, most in (("closed", 0.0, 0.01), ("open", 2.0, 3.3)):
        with servers.Server(program) as server, fleet(server, outage=outage) as found:
            up(found)
            stopped = At((1, server.pause), (1.8, server.resume))
            run = Run(found, stopped, 4)
            since, until = stopped.times
            share = run.share(since + S, until)
            print(f"{outage}: {share:.2f} of the rate while it was silent")
            assert least <= share <= most, (outage, share)
            assert run.share(until + S // 2, run.ends) <= 1.5
            up(found)


def test_waits(program):
    """None is longer than its timeout, by more than this machine may be late by."""
    with servers.Server(program) as server, fleet(server) as found:
        up(found)
        workers = [worker for machine in found for worker in machine.workers]
        for worker in workers:
            worker.tell("wait", 4, 0.2)
        time.sleep(1)
        server.pause()
        time.sleep(2)
        server.resume()
        for worker in workers:
            told = worker.answer()
            assert told["late"] < 1, told
            assert told["got"] > 0, told


def test_secrets(program):
    """Neither password nor address is in what is shown, in good times and bad."""
    with servers.Server(program, password=SECRET) as server, Proxy(server.port) as proxy:
        with fleet(server, (proxy.port,) * MACHINES) as found:
            up(found)
            shown = [worker.ask("status") for machine in found for worker in machine.workers]
            server.set("requirepass", "another")
            server.password = "another"
            server.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            one = found[0].workers[0]
            servers.until(10, lambda: one.status()["state"] == "apart", "apart")
            shown += [worker.ask("status") for machine in found for worker in machine.workers]
            print(one.status()["why"])
            proxy.cut()
            time.sleep(0.3)
            shown += [worker.ask("status") for machine in found for worker in machine.workers]
            for secret in (SECRET, "127.0.0.1", "localhost", str(server.port), str(proxy.port)):
                assert secret not in repr(shown), (secret, shown)


if __name__ == "__main__":
    servers.run(globals())
