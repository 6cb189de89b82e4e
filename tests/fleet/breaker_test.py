# SPDX-License-Identifier: Apache-2.0
"""breaker_test.py SERVER [TEST...]: three machines of two workers each, with one breaker. SERVER: redis or valkey.

What a machine calls fails while a file of the machine's is there. The breaker opens after 3 failures in a row, for a
second, and closes by 2 tries, one of which may be out at a time over all machines."""

import contextlib
import pathlib
import tempfile
import time

import servers
from machines import machines, up

MACHINES, WORKERS = 3, 2
S = 10**9
OPTIONS = {
    "failure_threshold": 3,
    "open_ms": "1s",
    "success_threshold": 2,
    "half_open_permits": 1,
    "permit_ms": "5s",
}


@contextlib.contextmanager
def fleet(server):
    with tempfile.TemporaryDirectory() as folder:
        with machines(
            server,
            workers=WORKERS,
            worker="breaker_worker.py",
            options=OPTIONS,
            scope={"timeout_ms": "200ms"},
            down=folder + "/down",
        ) as found:
            for machine in found:
                machine.down = pathlib.Path(folder + "/down" + machine.segment.replace("/", "-"))
            up(found)
            yield found


class Run:
    """What the workers of each machine did, while `during` was done to them."""

    def __init__(self, found, seconds, during):
        workers = [worker for machine in found for worker in machine.workers]
        for worker in workers:
            worker.tell("call", seconds, 100)
        self.began = time.monotonic_ns()
        during(self)
        answers = [[worker.answer() for worker in machine.workers] for machine in found]
        self.let_in = [sum((one["let_in"] for one in own), []) for own in answers]
        self.refused = [sorted(sum((one["refused"] for one in own), [])) for own in answers]
        self.said = [one["said"] for own in answers for one in own]
        self.ends = self.began + int(seconds * S)

    def refusals(self, machine, since, until=None):
        return sum(since <= at < (until or self.ends) for at in self.refused[machine])

    def calls(self, machine, since, until=None):
        return sum(since <= began < (until or self.ends) for began, _, _ in self.let_in[machine])

    def most_tries(self):
        """Of a half-open breaker, out at a time on all machines."""
        tries = [one for own in self.let_in for one in own if one[2]]
        edges = sorted([(end, -1) for _, end, _ in tries] + [(begin, 1) for begin, _, _ in tries])
        most = out = 0
        for _, step in edges:
            out += step
            most = max(most, out)
        return most, len(tries)


def sleep_until(run, seconds):
    time.sleep(max(run.began + seconds * S - time.monotonic_ns(), 0) / S)
    return time.monotonic_ns()


def test_votes(program):
    """One machine's bad cable opens nothing on the others. Two machines' open the third's, which saw no failure; and
    all are closed again by two tries."""
    times = {}

    def during(run):
        one, two, _ = found
        times["cable"] = sleep_until(run, 0.5)
        one.down.touch()
        times["mended"] = sleep_until(run, 2.0)
        one.down.unlink()
        times["backend"] = sleep_until(run, 3.7)
        one.down.touch()
        two.down.touch()
        times["well"] = sleep_until(run, 5.7)
        one.down.unlink()
        two.down.unlink()

    with servers.Server(program) as server, fleet(server) as found:
        run = Run(found, 9, during)
        quiet = (times["cable"], times["backend"])
        assert run.refusals(0, *quiet) > 20, run.refusals(0, *quiet)
        assert run.refusals(1, *quiet) == run.refusals(2, *quiet) == 0, "one cable opened others"
        opened = [min(at for at in run.refused[i] if at >= times["backend"]) for i in range(3)]
        third = (opened[2] - max(opened[:2])) / S
        closed = (max(own[-1] for own in run.refused) - times["well"]) / S
        most, tries = run.most_tries()
        print(
            f"the third refused {third:.2f} s after the second; all closed {closed:.2f} s after "
            f"it was well; {tries} tries, {most} at a time"
        )
        assert third < 1.5, third  # a poll and a round trip
        assert any("was opened by fleet" in said for said in run.said), run.said
        # Nothing is let through until it may be tried. What the third tries then succeeds, as it has no failures: so it
        # may close them all, until the others vote again.
        untried = opened[2] + S // 5, max(opened[:2]) + S * 9 // 10
        assert run.calls(2, *untried) == 0, run.calls(2, *untried)
        assert closed < 2.7, closed  # open for a second, and two tries
        assert all(run.calls(i, run.ends - S // 2) > 20 for i in range(3))
        assert most <= 1 and tries >= 2, (most, tries)


def test_alone(program):
    """While the server is stopped each machine has its own breaker and nothing else."""
    times = {}

    def during(run):
        sleep_until(run, 0.5)
        for machine in found:
            machine.down.touch()
        times["paused"] = sleep_until(run, 3.0)
        server.pause()
        found[0].down.unlink()
        times["resumed"] = sleep_until(run, 11.0)
        server.resume()
        for machine in found[1:]:
            machine.down.unlink()

    with servers.Server(program) as server, fleet(server) as found:
        run = Run(found, 16, during)
        # What was agreed on holds for three seconds, and then the one that is well closes.
        assert run.calls(0, times["resumed"] - S, times["resumed"]) > 50
        assert run.refusals(1, times["resumed"] - S, times["resumed"]) > 50
        assert all(run.refusals(i, run.ends - S) == 0 for i in range(3)), "not closed"


if __name__ == "__main__":
    servers.run(globals())
