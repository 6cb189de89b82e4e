# SPDX-License-Identifier: Apache-2.0
"""The server of a vector's machines, simulated: a runner's fleets say to it what is due, and hear what it answered."""

import json
import os
import subprocess

# tests/sim/sim_server.cpp
PROGRAM = os.environ.get("OUTGROW_SIM_SERVER")


class Server:
    def __init__(self):
        if not PROGRAM:
            raise KeyError("OUTGROW_SIM_SERVER")
        self.process = subprocess.Popen(
            [PROGRAM], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def end(self):
        self.process.communicate()

    def ask(self, **asked):
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def commands(text):
    """Of what a fleet gave: each command's number and words."""
    if not text:
        return
    first, _, rest = text.partition("\r\n")
    number = int(first.removeprefix(":"))
    while rest:
        count, _, rest = rest.partition("\r\n")
        words = []
        for _ in range(int(count.removeprefix("*"))):
            length, _, rest = rest.partition("\r\n")
            end = int(length.removeprefix("$"))
            words.append(rest[:end])
            rest = rest[end:].removeprefix("\r\n")
        yield number, words
        number += 1


def exchange(runner, server, step, now, **clock):
    """Carries what a machine has to say to the server, and what that answers back, until there is nothing more. The
    server's keys that were spoken of, but for the machines' own beats, in order. step: "lost" "commands", which do not
    reach the server, or "replies", which do not come back."""
    machine, lost, spoken = step.get("machine", 0), step.get("lost"), []
    while text := runner.ask(do="take", machine=machine, **clock):
        for number, words in commands(text):
            if words[0] != "INFO" and not words[3].endswith(":members"):
                spoken.append(words[3])
            if lost == "commands":
                continue
            reply = server.ask(words=words, now=now)
            if lost == "replies":
                continue
            if reply.startswith("-NOSCRIPT") and not words[3].endswith(":members"):
                spoken.pop()  # it is sent again, whole
            runner.ask(do="reply", machine=machine, command=number, reply=reply)
        if lost:
            break
    return spoken


def talk(runner, server, step, until):
    """What machines that run say, from `from_ms` to the step's time, each `every_ms`. step: "machines", those that do."""
    at, every = (round(step[name] * 1e6) for name in ("from_ms", "every_ms"))
    while at <= until:
        for machine in step["machines"]:
            exchange(runner, server, {"machine": machine}, at, clock=at)
        at += every
    return "ok"
