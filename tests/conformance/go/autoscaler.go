// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"math"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

func (d *autoscalerDriver) observeMetric(s step, now time.Duration) any {
	metric := outgrow.ScaleMetric(0)
	for metric.String() != "" && metric.String() != s.text("metric") {
		metric++
	}
	return answerDone(d.autoscaler.ObserveMetricAt(metric, s.number("value", outgrow.Missing), now))
}

func (d *autoscalerDriver) decide(_ step, now time.Duration) any {
	decision, err := d.autoscaler.ExplainAt(now)
	if unknown(err) {
		if _, err = d.autoscaler.DecideAt(now); !unknown(err) {
			fail("decide made a count up")
		}
		return "unknown"
	}
	must(err)
	if decision.Desired != made(d.autoscaler.Instances()) {
		fail("desired is not kept")
	}
	return shown(decision)
}

func (d *autoscalerDriver) instances(step, time.Duration) any {
	count, err := d.autoscaler.Instances()
	if unknown(err) {
		return "unknown"
	}
	must(err)
	return count
}

// Whether it says that it is unknown how many instances run.
func unknown(err error) bool {
	var refused *outgrow.Error
	return errors.Is(err, outgrow.ErrNone) && errors.As(err, &refused) && refused.Option == "initial_instances"
}

func (d *autoscalerDriver) learn(s step, _ time.Duration) any {
	var at []time.Duration
	var rates []float64
	for i, rate := range s.list("rates") {
		at = append(at, s.ms("from_ms", 0)+time.Duration(i)*s.ms("every_ms", 0))
		rates = append(rates, numberOr(rate, outgrow.Missing))
	}
	return made(d.autoscaler.Learn(at, rates))
}

func (d *autoscalerDriver) history(s step, _ time.Duration) any {
	decision, kept, err := d.autoscaler.HistoryAt(s.integer("sequence", 0))
	must(err)
	if !kept {
		return nil
	}
	return shown(decision)
}

func shown(d outgrow.Decision) any {
	orNil := func(value float64) any {
		if math.IsNaN(value) {
			return nil
		}
		return value
	}
	seen := step{"previous": d.Previous, "desired": d.Desired, "action": d.Action.String(),
		"reason": d.Reason.String(), "metric": d.Metric.String(), "value": orNil(d.Value),
		"threshold": orNil(d.Threshold), "reactive": d.Reactive, "predicted": d.Predicted,
		"forecast": orNil(d.Forecast), "sequence": d.Sequence, "text": d.Text}
	if outgrow.Status(d.Metric) == outgrow.StatusNone {
		seen["metric"] = nil
	}
	if outgrow.Status(d.Predicted) == outgrow.StatusNone {
		seen["predicted"] = nil
	}
	return seen
}
