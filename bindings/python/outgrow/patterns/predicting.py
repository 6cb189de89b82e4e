# SPDX-License-Identifier: Apache-2.0
"""PredictiveAutoScaler, over outgrow.AutoScaler with its seasonal predictor."""

from __future__ import annotations

import time
from collections import deque
from typing import Any, TypedDict

import outgrow
from outgrow.patterns._numbers import within
from outgrow.patterns.scaling import Instances, ScalingMetrics, action_of, observe, thresholds

_LATEST = 9e9  # seconds since 1970: the year 2255
_KEPT = 28 * 86400.0  # seconds: four of the longest season


class Sample(TypedDict):
    """An entry of PredictiveAutoScaler.historical_data."""

    timestamp: float
    cpu_utilization: float
    request_rate: float
    instances: int


class PredictiveAutoScaler(Instances):
    """Scales for the load expected in a quarter of an hour, at 1,000 requests a minute an instance.

    Other than the tutorial's: the load is forecast by time of day and week from what was seen at such
    times, not by a line through the hour's number; it is never negative, and None until a day has been
    seen. Until then, and whenever the metrics ask for more than the forecast, they decide; instances
    go one step at a time. Four weeks are kept, not a day.
    """

    def __init__(
        self, min_instances: int = 1, max_instances: int = 10, *, clock: outgrow.Clock | None = None
    ) -> None:
        self.min_instances = min_instances
        self.max_instances = max_instances
        self.historical_data: deque[Sample] = deque()
        self._source = clock
        self._clock = outgrow.Clock.manual()  # the time since 1970, of which the forecasts speak
        self._options: dict[str, Any] = {
            "min_instances": min_instances,
            "max_instances": max_instances,
            "initial_instances": min_instances,
            "max_step_up": max_instances,
            "predictor": "seasonal",
            "instance_capacity": 1000,
            **thresholds(),
        }
        self.noun = self._forecaster(15)
        self._forecasters = {15: self.noun}

    def _forecaster(self, minutes: int) -> outgrow.AutoScaler:
        made = outgrow.AutoScaler(**self._options, horizon_ms=minutes * 60_000, clock=self._clock)
        made.learn(
            [round(seen["timestamp"] * 1e9) for seen in self.historical_data],
            [seen["request_rate"] for seen in self.historical_data],
        )
        return made

    def _at(self, timestamp: float) -> None:
        self._clock.set_ns(max(self._clock.now_ns(), round(timestamp * 1e9)))

    def _now(self) -> None:
        self._at(time.time() if self._source is None else self._source.now())

    def collect_metrics(self, timestamp: float, metrics: ScalingMetrics) -> None:
        """The metrics of a time, in seconds since 1970; in the order of their times."""
        self._at(within("timestamp", timestamp, 0, _LATEST))
        self.historical_data.append(
            Sample(
                timestamp=timestamp,
                cpu_utilization=metrics.cpu_utilization,
                request_rate=metrics.request_rate,
                instances=self.current_instances,
            )
        )
        while self.historical_data[0]["timestamp"] <= timestamp - _KEPT:
            self.historical_data.popleft()
        for forecaster in self._forecasters.values():
            forecaster.learn([round(timestamp * 1e9)], [metrics.request_rate])

    def predict_load(self, future_minutes: int = 15) -> float | None:
        """Requests a minute expected so far ahead, a day at most, or None while there is too little to
        go by."""
        within("future_minutes", future_minutes, 1, 1440)
        self._now()
        if future_minutes not in self._forecasters:
            self._forecasters[future_minutes] = self._forecaster(future_minutes)
        return self._forecasters[future_minutes].forecast()

    def reactive_scale(self, current_metrics: ScalingMetrics) -> str | None:
        """As predictive_scale, in AutoScaler's words: what the tutorial calls and does not have."""
        return action_of(self._decide(current_metrics))

    def predictive_scale(self, current_metrics: ScalingMetrics) -> str | None:
        """Decides: "Predictive scaling: 2 -> 5 instances" by the forecast, "Scaled UP to ..." by the
        metrics alone, or None."""
        decision = self._decide(current_metrics)
        if decision.predicted is None or decision.desired == decision.previous:
            return action_of(decision)
        return f"Predictive scaling: {decision.previous} -> {decision.desired} instances"

    def _decide(self, metrics: ScalingMetrics) -> outgrow.Decision:
        self._now()
        observe(self.noun, metrics)
        return self.noun.explain()
