# SPDX-License-Identifier: Apache-2.0
"""slots_test.py SERVER [TEST...]: three machines of two workers each, on one limit of 12 calls in flight, and what may
become of their server and of them. SERVER: redis or valkey. OUTGROW_SECONDS is for how long they call (4).

At no moment are more than 12 calls in flight on all machines together, by when each began and ended as its own process
saw it; and as many more as each test says."""

import os
import signal
import time

import servers
from machines import machines, up

SECONDS = float(os.environ.get("OUTGROW_SECONDS") or 4)
LIMIT, LEASE = 12, 1.0
MACHINES, WORKERS, THREADS = 3, 2, 6
HOLDS = 0.04  # the longest call
S = 10**9


def most(calls, since=float("-inf")):
    """The most that were in flight at a time, of calls that began from `since` on; and when."""
    # One that ends as another begins was not in flight with it.
    events = sorted(
        event for began, ended in calls if began >= since for event in ((began, 1), (ended, 0))
    )
    now = best = at = 0
    for time_ns, is_begin in events:
        now += 1 if is_begin else -1
        if now > best:
            best, at = now, time_ns
    return best, at


def fleet(server, **slots):
    slots = dict({"limit": LIMIT, "lease_ms": LEASE * 1000, "outage": "closed"}, **slots)
    return machines(server, (None,) * MACHINES, WORKERS, slots=slots, scope={"timeout_ms": "200ms"})


class Run:
    """What all workers called, while `during` was done to them."""

    def __init__(self, found, during=lambda: None, seconds=SECONDS):
        for machine in found:
            for worker in machine.workers:
                worker.tell("work", seconds, THREADS, HOLDS)
        self.began = time.monotonic_ns()
        during()
        self.calls, self.longest = [], 0
        self.by_machine = []
        for machine in found:
            own = []
            for worker in machine.workers:
                told = worker.answer()
                own += told["calls"]
                self.longest = max(self.longest, told["longest"])
            self.by_machine.append(own)
            self.calls += own

    def check(self, more=0, least=0.7, since=float("-inf")):
        best, at = most(self.calls, since)
        since = max(since, self.began)
        busy = sum(ended - began for began, ended in self.calls if began >= since)
        ends = max(ended for _, ended in self.calls)
        used = busy / (ends - since) / LIMIT
        shares = [len(own) for own in self.by_machine]
        print(
            f"{len(self.calls)} calls, {best} in flight at most, {(at - self.began) / S:.2f} s after the start; "
            f"{used:.2f} of the limit used; by machine {shares}; a call waited {self.longest / 1e6:.0f} ms at most"
        )
        assert best <= LIMIT + more, (best, LIMIT, more)
        assert used >= least, f"{used:.2f} of the limit was used, {least} should be"
        assert self.longest < 2 * S, f"a call waited {self.longest} ns"


def test_in_flight(program):
    with servers.Server(program) as server, fleet(server) as found:
        up(found)
        run = Run(found)
        run.check()
        assert most(run.calls)[0] == LIMIT
        assert min(map(len, run.by_machine)) > 20, "a machine was let in hardly ever"


def test_dead_machine(program):
    """SIGKILL of all its processes. Its slots are the others' when its lease has ended."""
    with servers.Server(program) as server, fleet(server) as found:
        up(found)
        dead = found[2]
        held = servers.until(5, lambda: dead.workers[0].ask("hold", 8), "let in")
        print(f"{held} calls of a machine that dies")
        for worker in list(dead.workers):
            dead.kill(worker)
        killed = time.monotonic_ns()
        run = Run(found[:2])
        # What the dead one's calls do is nobody's any more: those of the others are within the rest of the limit.
        before = [call for call in run.calls if call[0] < killed + int(0.5 * LEASE * S)]
        assert most(before)[0] <= LIMIT - held, (most(before), held)
        run.check(since=killed + int(2.5 * LEASE * S))
        assert most(run.calls)[0] == LIMIT


def test_killed_worker(program):
    """SIGKILL of a worker with calls in flight: its machine gives their slots back."""
    with servers.Server(program) as server, fleet(server, permit_ms=0) as found:
        up(found)
        worker = found[0].agent()
        print(f"{worker.ask('hold', 8)} calls of a worker that dies")
        found[0].kill(worker)
        run = Run(found)
        run.check()
        assert most(run.calls)[0] == LIMIT


def test_stopped_agent(program):
    """SIGSTOP of a machine's agent, for longer than a lease. Another is elected, and the first goes on."""
    with servers.Server(program) as server, fleet(server) as found:
        up(found)
        agent = found[0].agent()

        def stop():
            time.sleep(0.8)
            agent.process.send_signal(signal.SIGSTOP)
            time.sleep(1.5 * LEASE)
            agent.process.send_signal(signal.SIGCONT)

        run = Run(found, stop)
        run.check(least=0.4)  # what was in flight of the stopped one stays so


def test_forgotten(program):
    """FLUSHALL: at most what was forgotten and the limit, and soon the limit."""
    with servers.Server(program) as server, fleet(server) as found:
        up(found)
        flushed = []

        def flush():
            time.sleep(1.2)
            server.ask("FLUSHALL")
            flushed.append(time.monotonic_ns())

        run = Run(found, flush)
        run.check(more=LIMIT)
        after = most(run.calls, flushed[0] + int(LEASE * S))[0]
        assert after <= LIMIT, after


def test_outage(program):
    """SIGSTOP of the server for longer than a lease: each machine has its part of the limit, and then none more."""
    with servers.Server(program) as server, fleet(server, outage="local") as found:
        up(found)
        times = []

        def stop():
            time.sleep(0.5)
            server.pause()
            time.sleep(2.2 * LEASE)
            times.append(time.monotonic_ns())
            server.resume()

        run = Run(found, stop, SECONDS + 2)
        # As the last lease ends, what was in flight by it ends too.
        run.check(more=LIMIT // MACHINES * (MACHINES - 1), least=0.5)
        since, until = times[0] - int(0.7 * S), times[0]
        apart = [call for call in run.calls if since <= call[0] < until]
        assert LIMIT - MACHINES <= most(apart)[0] <= LIMIT, most(apart)
        assert most(run.calls, until + S)[0] <= LIMIT


if __name__ == "__main__":
    servers.run(globals())
