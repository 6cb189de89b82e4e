# SPDX-License-Identifier: Apache-2.0
"""ScalingMetrics and AutoScaler, over outgrow.AutoScaler."""

from __future__ import annotations

import dataclasses
import math
import time
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

import outgrow
from outgrow.patterns._numbers import within


@dataclass
class ScalingMetrics:
    """What was measured; NaN where nothing was, which is not zero."""

    cpu_utilization: float  # per cent, mean of the instances
    memory_utilization: float  # per cent, likewise
    request_rate: float  # requests a minute, all instances together
    response_time: float  # ms
    error_rate: float  # per cent


class Scaling(TypedDict):
    """An entry of AutoScaler.scaling_history."""

    timestamp: float
    action: str
    metrics: ScalingMetrics


# The thresholds under which the tutorial takes a metric for low.
_LOW = {
    "cpu_utilization": 30.0,
    "memory_utilization": 40.0,
    "response_time": 200.0,
    "error_rate": 1.0,
}
_MOST = 1e15


def thresholds() -> dict[str, float]:
    """_LOW as options."""
    return {
        "cpu_down": _LOW["cpu_utilization"],
        "memory_down": _LOW["memory_utilization"],
        "response_time_down": _LOW["response_time"],
        "error_rate_down": _LOW["error_rate"],
    }


def observe(noun: outgrow.AutoScaler, metrics: ScalingMetrics) -> None:
    """Tells the noun the metrics, all of a moment. NaN compares as in the tutorial, neither high nor
    low: the noun, which would go by the last reading, is told the lower threshold instead, and of no
    other metric that it is lower."""
    told = {
        field.name: _measured(field.name, getattr(metrics, field.name))
        for field in dataclasses.fields(ScalingMetrics)
    }  # in the order of observe's arguments
    if any(map(math.isnan, told.values())):
        for name, low in _LOW.items():
            told[name] = low if math.isnan(told[name]) else max(told[name], low)
    noun.observe(*told.values())


def _measured(name: str, value: float) -> float:
    """What is infinite is as much as the noun takes, and negative is what nothing measures."""
    return value if math.isnan(value) else float(within(name, min(value, _MOST), 0, _MOST))


def action_of(decision: outgrow.Decision) -> str | None:
    """The decision in the tutorial's words."""
    if decision.action is outgrow.ScaleAction.HOLD:
        return None
    return f"Scaled {decision.action.name} to {decision.desired} instances"


class Instances:
    """How many of them run."""

    noun: outgrow.AutoScaler

    @property
    def current_instances(self) -> int:
        """As last decided or set."""
        return self.noun.instances

    @current_instances.setter
    def current_instances(self, count: int) -> None:
        self.noun.set_instances(count)


class AutoScaler(Instances):
    """How many instances to run, by thresholds: up when any metric is high, down when all are low and
    five minutes have passed since the last change.

    Other than the tutorial's: it moves by as many instances as the load asks for; memory, which an
    idle instance uses too, does not keep it up; NaN is a missing value, and while one is missing
    nothing is scaled down. policy="step" is the tutorial's rule, one instance at a time. As there, it
    takes it that min_instances run: say it with current_instances when it starts beside others.
    """

    def __init__(
        self,
        min_instances: int = 1,
        max_instances: int = 10,
        *,
        policy: Literal["proportional", "step"] = "proportional",
        clock: outgrow.Clock | None = None,
    ) -> None:
        self.min_instances = min_instances
        self.max_instances = max_instances
        self.scaling_history: list[Scaling] = []
        self._clock = clock
        self._options: dict[str, Any] = {
            "policy": policy,
            "min_instances": min_instances,
            "max_instances": max_instances,
            **thresholds(),
        }
        if policy == "step":  # each call may, as in the tutorial
            self._options["max_step_up"] = self._options["max_step_down"] = max_instances
        self.noun = outgrow.AutoScaler(
            **self._options, initial_instances=min_instances, clock=clock
        )

    def should_scale_up(self, metrics: ScalingMetrics) -> bool:
        """Whether these metrics ask for more, and there may be more."""
        return self._alone(metrics) is outgrow.ScaleAction.UP

    def should_scale_down(self, metrics: ScalingMetrics) -> bool:
        """Whether fewer would do for these metrics, and there may be fewer, were it not too soon."""
        return self._alone(metrics) is outgrow.ScaleAction.DOWN

    def _alone(self, metrics: ScalingMetrics) -> outgrow.ScaleAction:
        """What these metrics ask for without a past: an autoscaler of their own says it."""
        fresh = outgrow.AutoScaler(
            **self._options,
            initial_instances=self.current_instances,
            scale_down_cooldown_ms=0,
            scale_down_window_ms=0,
        )
        observe(fresh, metrics)
        return fresh.explain().action

    def scale(self, metrics: ScalingMetrics) -> str | None:
        """Decides: "Scaled UP to 3 instances", "Scaled DOWN to ...", or None."""
        observe(self.noun, metrics)
        action = action_of(self.noun.explain())
        if action is not None:
            now = time.time() if self._clock is None else self._clock.now()
            self.scaling_history.append(Scaling(timestamp=now, action=action, metrics=metrics))
        return action
