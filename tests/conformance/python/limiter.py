# SPDX-License-Identifier: Apache-2.0
import outgrow


def spell(ask, *arguments, **keywords):
    try:
        wait = ask(*arguments, **keywords)
    except outgrow.InvalidArgument:
        return "invalid"
    return "never" if wait == outgrow.NEVER else wait


class Driver:
    def __init__(self, options, clock):
        self.limiter = outgrow.RateLimiter(clock=clock, **options)

    def step(self, step, now_ns):
        op, key, cost = step["op"], step.get("key", ""), step.get("cost", 1)
        at = {"now_ns": now_ns} if step.get("time") == "given" else {}
        if op == "acquire":
            return spell(self.limiter.try_acquire_ns, key, cost, **at)
        if op == "peek":
            return spell(self.limiter.peek_ns, key, cost, **at)
        if op == "detailed":
            verdict = self.limiter.acquire_detailed(key, cost, **at)
            return {
                "wait": spell(lambda: verdict.wait_ns),
                "limit": verdict.limit,
                "remaining": verdict.remaining,
                "reset_after": verdict.reset_after_ns,
            }
        if op == "many":
            return self.many(step["keys"], step.get("costs"), at)
        assert op == "stats", op
        return {
            "allowed": self.limiter.stats["allowed"],
            "denied": self.limiter.stats["denied"],
            "crowded_out": self.limiter.stats["crowded_out"],
            "keys": len(self.limiter),
        }

    def many(self, keys, costs, at):
        try:
            waits = self.limiter.acquire_many_ns(keys, costs, **at)
        except outgrow.InvalidArgument:  # of one is of all: Python gives no half an answer
            return {"passed": 0, "waits": ["invalid"] * len(keys)}
        return {"passed": waits.count(0), "waits": [spell(lambda: wait) for wait in waits]}


def make(vector, options, clock):
    return Driver(options, clock)
