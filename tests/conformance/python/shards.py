# SPDX-License-Identifier: Apache-2.0
import outgrow
from outgrow import Status
from words import done


def key_of(key):
    """A text, or the bytes that stand for an integer."""
    return outgrow.ShardMap.int64_key(key) if isinstance(key, int) else key


def listed(ask, moves):
    try:
        ranges = ask()
    except outgrow.InvalidArgument:
        return "invalid"
    return [
        [part.first.decode(), part.end.decode(), part.source] + ([part.target] if moves else [])
        for part in ranges
    ]


class Driver:
    def __init__(self, setup, options):
        splits = [key_of(key) for key in setup.get("splits", [])]
        self.map = outgrow.ShardMap(splits or None, **options)
        self.marked = self.map.copy()

    def step(self, step, now_ns):
        op = step["op"]
        if op == "of":
            return self.map.of(step["key"])
        if op == "of_many":
            return self.map.of_many(step["keys"])
        if op == "span":
            return self.map.span(key_of(step["first"]), key_of(step["end"]))
        if op == "count":
            return len(self.map)
        if op == "resize":
            return done(self.map.resize, step["to"])
        if op == "split":
            return done(self.map.split, key_of(step["key"]), step["shard"])
        if op == "merge":
            return done(self.map.merge, key_of(step["key"]))
        if op == "ranges":
            return listed(self.map.ranges, False)
        if op == "mark":
            self.marked = self.map.copy()
            return "ok"
        if op == "go_back":
            return done(self.map.assign, self.marked)
        if op == "moves":
            return listed(lambda: self.marked.moves(self.map), True)
        if op == "moved_share":
            share = self.marked.moved_share(self.map)
            return int(Status.NONE) if share is None else share
        assert op == "move", op
        moved = self.marked.move(self.map, key_of(step["key"]))
        return "stays" if moved is None else list(moved)


def make(vector, options, clock):
    return Driver(vector.get("setup", {}), options)
