# SPDX-License-Identifier: Apache-2.0
import math

import outgrow
from outgrow import Status
from words import stood


def word(status):
    return Status(status).name.lower()


class Driver:
    def __init__(self, options, clock):
        self.gather = outgrow.Gather(clock=clock, **options)
        self.query = None

    def step(self, step, now_ns):
        op, shard = step["op"], step.get("shard", 0)
        if op == "start":
            try:
                self.query = self.gather.start(step["shards"])
            except outgrow.InvalidArgument:
                return "invalid"
            return "ok"
        if op == "row":
            try:
                return word(self.query.row(shard, step.get("row", ""), step.get("key", "")))
            except outgrow.InvalidArgument:
                return "invalid"
        if op == "done":
            return stood(self.query.done, shard)
        if op == "fail":
            return stood(
                self.query.fail,
                shard,
                Status(step.get("reason", Status.STORE)),
                step.get("message", ""),
            )
        if op == "state":
            return {"state": self.query.state().name.lower(), "waiting": self.query.waiting()}
        if op == "time_left":
            left = self.query.time_left()
            return "none" if math.isinf(left) else round(left * 1000)
        if op == "rows":
            return self.rows()
        if op == "failures":
            return [
                [failure.shard, int(failure.reason), failure.message, failure.dropped_rows]
                for failure in self.query.failures()
            ]
        assert op == "refused", op
        return self.query.refused()

    def rows(self):
        rows = []
        while not isinstance(row := self.query.next(), Status):
            rows.append([row.shard, row.key.decode(), row.row.decode()])
        return {"rows": rows, "end": word(row)}


def make(vector, options, clock):
    return Driver(options, clock)
