# SPDX-License-Identifier: Apache-2.0
import outgrow
from words import done

METRICS = ("cpu", "memory", "rate", "response", "error")


def shown(decision):
    if decision is None:
        return None
    metric = decision.metric
    return {
        "previous": decision.previous,
        "desired": decision.desired,
        "action": decision.action.name.lower(),
        "reason": decision.reason.name.lower(),
        "metric": None if metric is None else metric.name.lower(),
        "value": decision.value,
        "threshold": decision.threshold,
        "reactive": decision.reactive,
        "predicted": decision.predicted,
        "forecast": decision.forecast,
        "sequence": decision.sequence,
        "text": str(decision),
    }


def known(ask, *others):
    """The answer, or that it is unknown how many instances run, as the others say then too."""
    try:
        return ask()
    except outgrow.OutgrowError as error:
        assert (error.status, error.option) == (outgrow.Status.NONE, "initial_instances"), error
        for other in others:
            assert known(other) == "unknown"
        return "unknown"


class Driver:
    def __init__(self, options, clock):
        self.scaler = outgrow.AutoScaler(clock=clock, **options)

    def step(self, step, now_ns):
        op = step["op"]
        if op == "observe":
            return done(self.scaler.observe, *(step.get(name) for name in METRICS), now_ns=now_ns)
        if op == "observe_metric":
            return self.observe_metric(step, now_ns)
        if op == "decide":
            return known(lambda: shown(self.scaler.explain(now_ns=now_ns)), self.scaler.decide)
        if op == "learn":
            at = [
                (step["from_ms"] + i * step["every_ms"]) * 1_000_000
                for i in range(len(step["rates"]))
            ]
            return self.scaler.learn(at, step["rates"])
        if op == "forecast":
            return self.scaler.forecast(now_ns=now_ns)
        if op in ("set_instances", "set_ready"):
            return done(getattr(self.scaler, op), step["count"])
        if op == "history":
            return shown(self.scaler.history(step["sequence"]))
        assert op in ("instances", "history_first", "history_end"), op
        return known(lambda: getattr(self.scaler, op))

    def observe_metric(self, step, now_ns):
        metric = getattr(outgrow.Metric, step["metric"].upper(), None)
        if metric is None:
            return "invalid"
        return done(self.scaler.observe_metric, metric, step["value"], now_ns=now_ns)


def make(vector, options, clock):
    return Driver(options, clock)
