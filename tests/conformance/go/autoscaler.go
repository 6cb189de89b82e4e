// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"math"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

type autoScalerDriver struct{ *outgrow.AutoScaler }

func openAutoScaler(v *vector) driver {
	return autoScalerDriver{made(outgrow.NewAutoScaler(outgrow.AutoScalerOptions{Named: named(v.Config), Clock: v.clock}))}
}

func (d autoScalerDriver) close() { d.Close() }

func (d autoScalerDriver) step(s step, now time.Duration) any {
	member := func(name string) float64 { return s.number(name, outgrow.Missing) }
	count := int32(s.integer("count", 0))
	switch s.text("op") {
	case "observe":
		return okOrInvalid(d.ObserveAt(outgrow.Sample{CPUUtilization: member("cpu"),
			MemoryUtilization: member("memory"), RequestRate: member("rate"),
			ResponseTime: member("response"), ErrorRate: member("error")}, now))
	case "observe_metric":
		metric := outgrow.ScaleMetric(0)
		for metric.String() != "" && metric.String() != s.text("metric") {
			metric++
		}
		return okOrInvalid(d.ObserveMetricAt(metric, member("value"), now))
	case "decide":
		decision, err := d.ExplainAt(now)
		if unknown(err) {
			if _, err = d.DecideAt(now); !unknown(err) {
				fail("decide made a count up")
			}
			return "unknown"
		}
		must(err)
		if decision.Desired != made(d.Instances()) {
			fail("desired is not kept")
		}
		return shown(decision)
	case "learn":
		return d.learn(s)
	case "forecast":
		rate, known, err := d.ForecastAt(now)
		must(err)
		if !known {
			return nil
		}
		return rate
	case "instances":
		count, err := d.Instances()
		if unknown(err) {
			return "unknown"
		}
		must(err)
		return count
	case "set_instances":
		return okOrInvalid(d.SetInstances(count))
	case "set_ready":
		return okOrInvalid(d.SetReady(count))
	case "history_first":
		return made(d.HistoryFirst())
	case "history_end":
		return made(d.HistoryEnd())
	case "history":
		decision, kept, err := d.HistoryAt(s.integer("sequence", 0))
		must(err)
		if !kept {
			return nil
		}
		return shown(decision)
	}
	fail("unknown op %s", s.text("op"))
	return nil
}

// Whether it says that it is unknown how many instances run.
func unknown(err error) bool {
	var refused *outgrow.Error
	return errors.Is(err, outgrow.ErrNone) && errors.As(err, &refused) && refused.Option == "initial_instances"
}

func (d autoScalerDriver) learn(s step) any {
	var at []time.Duration
	var rates []float64
	for i, rate := range s.list("rates") {
		at = append(at, s.ms("from_ms", 0)+time.Duration(i)*s.ms("every_ms", 0))
		rates = append(rates, numberOr(rate, outgrow.Missing))
	}
	return made(d.Learn(at, rates))
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
