# SPDX-License-Identifier: Apache-2.0
"""host_kinds_test.py BUILD LANGUAGE...: two processes of each language under limits of every kind in one host scope,
one kind after another, while one of the processes is killed amid its calls; another takes its place for the next.

All of them get what one process would get, and no more. A kill may lose one request: what was taken and not counted.
What a limiter counted is no less than what those who live were told. Who has turns to come when it dies holds up nobody.
OUTGROW_SECONDS (0.3) is how long each kind is used. No bound here hangs on who runs when, or for how long."""

import os
import pathlib
import sys
import tempfile
import time

from host_worker import Worker, all_at_once

BUILD, LANGUAGES = pathlib.Path(sys.argv[1]), sys.argv[2:]
MS, HOUR = 1_000_000, 3600 * 10**9
DURATION_MS = int(float(os.environ.get("OUTGROW_SECONDS") or "0.3") * 1000)
CLOCKS_DIFFER_NS = 10 * MS
LOST_BY_A_KILL = 1
COUNT = 300_000  # an hour; of a sliding_window, whose log has room for each
LOGGED = 20_000

KINDS = {
    "bucket": (COUNT, "policy=token_bucket"),
    "log": (LOGGED, "policy=sliding_window"),
    "fixed": (COUNT, "policy=fixed_window"),
    "counter": (COUNT, "policy=sliding_counter"),
    "calendar": (COUNT, "policy=calendar_window"),
    "plans": (COUNT, "plan_keys=8", f"plans=pro={COUNT}/3600s,low=5/s"),
    "rates": (COUNT, f"rate={COUNT}/3600s,{2 * COUNT}/7200s:{COUNT}"),
    "sketch": (COUNT, "policy=count_min", "sketch_width=64"),
}
IN_TOKENS = {"bucket", "plans", "rates"}
HELD = 3


class Hours:
    """How many windows of an hour there were since it was made."""

    def __init__(self, worker, name, kind):
        self.worker, self.name, self.kind = worker, name, kind
        self.began = self.now()
        self.first = self.began // HOUR

    def now(self):
        return time.time_ns() if self.kind == "calendar" else self.worker.ask("stats", self.name)[2]

    def most(self, count):
        now = self.now() + CLOCKS_DIFFER_NS
        if self.kind in IN_TOKENS:
            return count + count * (now - self.began + CLOCKS_DIFFER_NS) // HOUR + 1
        return count * (now // HOUR - (self.began - CLOCKS_DIFFER_NS) // HOUR + 1)


def kill_amid(workers, command):
    """All do what command(number) says; the last is killed meanwhile. What the others answer."""
    for number, worker in enumerate(workers):
        worker.tell(*command(number))
    time.sleep(DURATION_MS / 1000 / 8)
    workers.pop().kill()
    return [worker.numbers() for worker in workers]


def a_limit_is_kept(workers, kind):
    count, *options = KINDS[kind]
    period = "hour" if kind == "calendar" else "3600s"
    rate = "rate=5/s" if kind == "plans" else f"rate={count}/{period}"
    given = ([] if kind == "rates" else [rate]) + ([] if kind == "sketch" else ["keys=1"])
    for worker in workers:
        assert worker.ask("make", kind, *given, *options) == (1,)
    if kind == "plans":
        assert workers[-1].ask("plan", kind, "pro") == (1,)
    hours = Hours(workers[0], kind, kind)
    answers = kill_amid(workers, lambda _: ("spend", kind, DURATION_MS))
    told = sum(admitted for admitted, _ in answers)
    for _ in range(100):  # until all of it is taken
        if all(denied > 0 for _, denied in answers):
            break
        answers = all_at_once(workers, lambda _: ("spend", kind, DURATION_MS))
        told += sum(admitted for admitted, _ in answers)
    else:
        raise AssertionError(f"{kind}: not all were denied")
    allowed, most = workers[0].ask("stats", kind)[0], hours.most(count)
    print(
        f"{kind}: {allowed} passed, {told} of those who live; {count - LOST_BY_A_KILL} to {most} are right"
    )
    assert count - LOST_BY_A_KILL <= allowed <= most
    assert told <= allowed
    for worker in workers:
        assert worker.ask("stats", kind)[0] >= allowed, f"{worker.name}: counts less"


def turns_are_kept(workers, folder):
    """A thousand a second, half a second ahead at most."""
    for worker in workers:
        assert worker.ask(
            "make", "turns", "rate=1000/s", "burst=1", "max_wait_ms=500", "keys=1"
        ) == (1,)
    answers = kill_amid(
        workers, lambda number: ("turns", "turns", DURATION_MS, folder / str(number))
    )
    numbers = []
    for number, (worker, (reserved, _, returned)) in enumerate(zip(workers, answers)):
        own = [int(line) for line in (folder / str(number)).read_text().splitlines()]
        assert len(own) == reserved - returned, (
            f"{worker.name}: {len(own)} of {reserved} - {returned}"
        )
        assert own == sorted(own), f"{worker.name}: its turns are not in order"
        numbers += own
    numbers.sort()
    gaps = [after - before for before, after in zip(numbers, numbers[1:])]
    assert min(gaps) >= MS, f"two turns {min(gaps)} ns apart"
    now = workers[0].ask("stats", "turns")[2]
    assert numbers[-1] <= now + 500 * MS + CLOCKS_DIFFER_NS
    returned = sum(answer[2] for answer in answers)
    refused = sum(answer[1] for answer in answers)
    print(f"turns: {len(numbers)} kept, {returned} given back, {refused} refused")
    assert returned > 0 and refused > 0
    # Those of the dead pass as any do.
    end = time.monotonic() + 60
    while workers[0].ask("stats", "turns")[2] < now + 510 * MS:
        time.sleep(0.05)
        assert time.monotonic() < end
    assert workers[0].ask("spend", "turns", 20)[0] > 0, "who died holds others up"


def reservations_come_back(workers):
    """Of five each, three of which one holds when it is killed. What comes back may be less for a while, where calls
    meet; it is never more."""
    for worker in workers:
        options = (f"rate={COUNT}/3600s", "keys=1", "reservations=64")
        assert worker.ask("make", "estimates", *options) == (1,)
    hours = Hours(workers[0], "estimates", "bucket")
    assert workers[-1].ask("hold", "estimates", HELD) == (HELD,)
    assert workers[0].ask("reserved", "estimates") == (5 * HELD, 0)
    answers = kill_amid(workers, lambda _: ("settle", "estimates", DURATION_MS))
    spent = all_at_once(workers, lambda _: ("spend", "estimates", DURATION_MS))
    out, orphaned = workers[0].ask("reserved", "estimates")
    print(f"estimates: {out} out, {orphaned} of the dead")
    assert out == 0 and HELD <= orphaned <= HELD + 1
    told = sum(cost for _, _, cost in answers)
    for _ in range(100):  # until nothing is left
        if all(denied > 0 for _, denied in spent):
            break
        told += sum(admitted for admitted, _ in spent)
        spent = all_at_once(workers, lambda _: ("spend", "estimates", DURATION_MS))
    else:
        raise AssertionError("estimates: not all were denied")
    told += sum(admitted for admitted, _ in spent)
    print(f"estimates: {told} cost, of {hours.most(COUNT)} at most")
    assert COUNT / 2 < told <= hours.most(COUNT)


def test(folder):
    segment = f"/outgrow-kinds-{os.getpid()}"
    started = []

    def start(language):
        worker = Worker(BUILD, language, segment, "1000/s", "1")
        started.append(worker)
        return worker

    try:
        workers = [start(language) for language in LANGUAGES * 2]
        for worker in workers:
            assert worker.said() == "ready"
        use = [lambda kind=kind: a_limit_is_kept(workers, kind) for kind in KINDS]
        use += [lambda: turns_are_kept(workers, folder), lambda: reservations_come_back(workers)]
        for step in use:
            killed = workers[-1].name
            step()
            workers.insert(0, start(killed))
            assert workers[0].said() == "ready"
        for worker in workers:
            worker.end()
    finally:
        for worker in started:
            worker.kill()
        pathlib.Path(f"/dev/shm{segment}").unlink(missing_ok=True)


with tempfile.TemporaryDirectory() as name:
    test(pathlib.Path(name))
print("ok")
