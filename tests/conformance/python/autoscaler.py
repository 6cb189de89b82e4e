# SPDX-License-Identifier: Apache-2.0
import answers
import outgrow


def shown(decision):
    if decision is None:
        return None
    whole = ("previous", "desired", "reactive", "predicted", "sequence")
    real = ("value", "threshold", "forecast")
    metric = decision.metric
    return {name: getattr(decision, name) for name in whole + real} | {
        "action": answers.enum(decision.action),
        "reason": answers.enum(decision.reason),
        "metric": None if metric is None else answers.enum(metric),
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


def observe_metric(driver, step, now_ns):
    metric = getattr(outgrow.Metric, step["metric"].upper(), None)
    if metric is None:
        return "invalid"
    observed = driver.autoscaler.observe_metric
    return answers.asked(lambda: answers.done(observed(metric, step["value"], now_ns=now_ns)))


def decide(driver, step, now_ns):
    scaler = driver.autoscaler
    return known(lambda: shown(scaler.explain(now_ns=now_ns)), scaler.decide)


def learn(driver, step, now_ns):
    times = range(len(step["rates"]))
    at = [(step["from_ms"] + i * step["every_ms"]) * 1_000_000 for i in times]
    return driver.autoscaler.learn(at, step["rates"])


def instances(driver, step, now_ns):
    return known(lambda: driver.autoscaler.instances)


def history(driver, step, now_ns):
    return shown(driver.autoscaler.history(step["sequence"]))
