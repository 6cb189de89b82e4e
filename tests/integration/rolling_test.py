# SPDX-License-Identifier: Apache-2.0
"""rolling_test.py EXAMPLES: the login service's limit is changed while it serves, by a release with another RATE:
gunicorn replaces its four workers one by one, while clients ask. No worker fails, no request errs, never more pass
than the greater limit lets, and afterwards the limit is the new one. Then back again.

This is of the real clock, as gunicorn's processes are."""

import contextlib
import pathlib
import re
import shlex
import subprocess
import sys
import threading
import time

from http_service import Service, run, until

LOGINS = pathlib.Path(sys.argv[1]) / "python/logins"
LOW, HIGH = 20, 40  # a second, and so many at once
SECONDS, CLIENTS = 3, 6


class Load:
    """Clients that ask for one name as fast as they are answered: (asked, answered, status, process)."""

    def __init__(self, service):
        self.service, self.answers, self.errors = service, [], []
        self.ended = threading.Event()
        self.clients = [threading.Thread(target=self.run) for _ in range(CLIENTS)]

    def run(self):
        while not self.ended.is_set():
            asked = time.monotonic()
            try:
                status, _, body = self.service.get("/login", "alice")
                process = int(re.search(rb"says process (\d+)\n", body)[1])
            except Exception as error:
                self.errors.append(repr(error))
            else:
                self.answers.append((asked, time.monotonic(), status, process))

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        self.ended.set()
        for client in self.clients:
            client.join()

    def since(self, moment):
        return [answer for answer in self.answers if answer[0] >= moment]


def passed_in(load, seconds):
    """How many pass, in that time from now on; nobody waits long enough for it to be full again."""
    began = time.monotonic()
    time.sleep(seconds)
    answers = [answer for answer in load.since(began) if answer[1] <= began + seconds]
    statuses = [status for _, _, status, _ in answers]
    assert 429 in statuses, f"{len(statuses)} requests in {seconds} s are no load"
    return statuses.count(200)


def roll(load, service, config, rate):
    old = {process for _, _, _, process in load.answers}
    config.write_text(f"raw_env = ['RATE={rate}/s']\n")
    service.process.send_signal(1)  # SIGHUP: gunicorn reads its file again and renews its workers

    def renewed():
        moment = time.monotonic()
        time.sleep(0.5)
        latest = {process for _, _, _, process in load.since(moment)}
        return latest and not latest & old

    until(60, renewed, "renewed")


def never_more_than(answers, rate):
    """In no time more than a bucket of that rate, full at its beginning."""
    passed = sorted((asked, answered) for asked, answered, status, _ in answers if status == 200)
    for first, (begin, _) in enumerate(passed):
        end = begin
        for count, (_, answered) in enumerate(passed[first:], 1):
            end = max(end, answered)
            most = rate * (end - begin) + rate + 1
            assert count <= most, f"{count} passed in {end - begin:.3f} s, and {most:.1f} may"


def test(folder):
    config = folder / "gunicorn.conf.py"
    config.write_text(f"raw_env = ['RATE={LOW}/s']\n")
    command = folder / "logins"
    script = LOGINS.read_text()
    assert "--preload" in script  # with which a worker would not read its code again
    command.write_text(script.replace("--preload", f"--config {shlex.quote(str(config))}"))
    command.chmod(0o700)
    settings = {"SEGMENT": str(folder / "segment"), "GUNICORN_CMD_ARGS": "--timeout 0"}
    with contextlib.ExitStack() as stack:
        service = stack.enter_context(Service([command], folder / "log-python", **settings))
        load = stack.enter_context(Load(service))
        until(60, lambda: len({process for *_, process in load.answers}) > 1, "answered by several")
        before = passed_in(load, SECONDS)
        roll(load, service, config, HIGH)
        raised = passed_in(load, SECONDS)
        roll(load, service, config, LOW)
        after = passed_in(load, SECONDS)
        load.end()
        print(f"{before}, {raised}, {after} passed in {SECONDS} s each, of {len(load.answers)}")
        assert not load.errors, load.errors[:5]
        assert {status for _, _, status, _ in load.answers} == {200, 429}
        never_more_than(load.answers, HIGH)
        # Beside what came in meanwhile a bucket may have been full, and answers are on their way.
        least, most = LOW * SECONDS, LOW * (SECONDS + 1) + CLIENTS
        assert before <= most and after <= most, (before, after)
        assert most < raised <= HIGH * (SECONDS + 1) + CLIENTS, raised
        assert after >= least - CLIENTS, after
        service.terminate()
    said = (folder / "log-python").read_text()
    assert "Traceback" not in said and "Worker exiting" in said, said


if subprocess.run([LOGINS, "--version"], capture_output=True, check=False).returncode:
    print("SKIPPED: gunicorn is not installed beside Python's binding")
    sys.exit()
run(test)
print("ok")
