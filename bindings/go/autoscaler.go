// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"math"
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// AutoScaler says how many instances a service should run, and why; the program starts and stops them.
// Feed it metrics as they come, ask for a decision as often as you like. With a predictor (the option
// Predictor) it also looks ahead. A manual clock is taken to count from the Unix epoch, in UTC. Safe from
// every goroutine.
type AutoScaler noun

// Missing is a metric without a value, which is not zero.
var Missing = math.NaN()

// NewAutoScaler makes an autoscaler.
func NewAutoScaler(o AutoScalerOptions) (*AutoScaler, error) {
	n, err := create("AutoScaler", &o, o.Clock, raw.Og_autoscaler_create, raw.Og_autoscaler_destroy)
	return (*AutoScaler)(n), err
}

// Close gives the autoscaler up.
func (a *AutoScaler) Close() error { return (*noun)(a).close() }

// Sample is metrics of one moment, [Missing] for those that are: a zero Sample says that all is at rest.
type Sample struct {
	CPUUtilization    float64 // per cent, mean of the serving instances
	MemoryUtilization float64 // per cent, likewise
	RequestRate       float64 // requests a minute, all instances together
	ResponseTime      float64 // milliseconds
	ErrorRate         float64 // per cent of requests
}

// Observe takes metrics of now. Negative, infinite or absurd ones are [ErrInvalidArgument], and none is
// taken.
func (a *AutoScaler) Observe(m Sample) error {
	return a.tell("metrics", func(h uintptr) int32 {
		return raw.Og_autoscaler_observe(h, m.CPUUtilization, m.MemoryUtilization, m.RequestRate, m.ResponseTime, m.ErrorRate)
	})
}

// ObserveAt is Observe at a time of the autoscaler's clock.
func (a *AutoScaler) ObserveAt(m Sample, now time.Duration) error {
	return a.tell("metrics or now", func(h uintptr) int32 {
		return raw.Og_autoscaler_observe_at(h, m.CPUUtilization, m.MemoryUtilization, m.RequestRate, m.ResponseTime, m.ErrorRate, int64(now))
	})
}

// ObserveMetric takes one metric alone, where they come from different places.
func (a *AutoScaler) ObserveMetric(metric ScaleMetric, value float64) error {
	return a.tell("metric or value", func(h uintptr) int32 {
		return raw.Og_autoscaler_observe_metric(h, int32(metric), value)
	})
}

// ObserveMetricAt is ObserveMetric at a time of the autoscaler's clock.
func (a *AutoScaler) ObserveMetricAt(metric ScaleMetric, value float64, now time.Duration) error {
	return a.tell("metric, value or now", func(h uintptr) int32 {
		return raw.Og_autoscaler_observe_metric_at(h, int32(metric), value, int64(now))
	})
}

// SetInstances says what actually runs or is starting: at the start, and when that differs from the
// decision.
func (a *AutoScaler) SetInstances(count int32) error {
	return a.tell("count", func(h uintptr) int32 { return raw.Og_autoscaler_set_instances(h, count) })
}

// SetReady says how many of them serve. Until told, all do.
func (a *AutoScaler) SetReady(count int32) error {
	return a.tell("count", func(h uintptr) int32 { return raw.Og_autoscaler_set_ready(h, count) })
}

func (a *AutoScaler) tell(argument string, how func(uintptr) int32) error {
	n := (*noun)(a)
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	status := how(n.handle)
	n.leave(s)
	return done(status, argument)
}

// Learn takes past request rates, oldest first, so that the predictor is warm from the start; times are
// the clock's, those before its start negative. It is how many were taken; [ErrUnsupported] without a
// predictor.
func (a *AutoScaler) Learn(at []time.Duration, requestRates []float64) (int64, error) {
	if len(at) != len(requestRates) {
		return 0, fault(int32(StatusInvalidArgument), "at and requestRates: not as many")
	}
	taken, err := a.ask("at or requestRates", func(h uintptr) int64 {
		return raw.AutoscalerLearn(h, raw.Nanoseconds(at), requestRates)
	})
	if fault, ok := err.(*Error); ok && fault.Status == StatusUnsupported {
		fault.Option, fault.Message = "predictor", "predictor is none: nothing to learn for"
	}
	return taken, err
}

// Decide is the instances to run from now on; [ErrNone] until InitialInstances or SetInstances has said
// how many run, as a count is an order. It allocates nothing.
func (a *AutoScaler) Decide() (int32, error) {
	return a.count("", func(h uintptr) int64 { return int64(raw.Og_autoscaler_decide(h)) })
}

// DecideAt is Decide at a time of the autoscaler's clock.
func (a *AutoScaler) DecideAt(now time.Duration) (int32, error) {
	return a.count("now", func(h uintptr) int64 { return int64(raw.Og_autoscaler_decide_at(h, int64(now))) })
}

// Instances is the count as last decided or set; [ErrNone] while it is unknown.
func (a *AutoScaler) Instances() (int32, error) {
	return a.count("", func(h uintptr) int64 { return int64(raw.Og_autoscaler_instances(h)) })
}

func (a *AutoScaler) count(argument string, what func(uintptr) int64) (int32, error) {
	count, err := a.ask(argument, what)
	if fault, ok := err.(*Error); ok && fault.Status == StatusNone {
		fault.Option = "initial_instances"
		fault.Message = "how many instances run is unknown: InitialInstances or SetInstances says it"
	}
	return int32(count), err
}

func (a *AutoScaler) ask(argument string, what func(uintptr) int64) (int64, error) {
	return (*noun)(a).ask(argument, what)
}

// Forecast is the requests a minute expected when the option Horizon has passed; known is false without
// a predictor, until it is warm, or when samples have been silent.
func (a *AutoScaler) Forecast() (rate float64, known bool, err error) {
	return a.forecast(raw.Og_autoscaler_forecast)
}

// ForecastAt is Forecast at a time of the autoscaler's clock.
func (a *AutoScaler) ForecastAt(now time.Duration) (rate float64, known bool, err error) {
	return a.forecast(func(h uintptr) float64 { return raw.Og_autoscaler_forecast_at(h, int64(now)) })
}

func (a *AutoScaler) forecast(how func(uintptr) float64) (float64, bool, error) {
	n := (*noun)(a)
	s := n.enter()
	if s == nil {
		return 0, false, ErrClosed
	}
	rate := how(n.handle)
	n.leave(s)
	if rate == float64(StatusNone) {
		return 0, false, nil
	}
	if rate < 0 {
		return 0, false, fault(int32(rate), "now")
	}
	return rate, true, nil
}
