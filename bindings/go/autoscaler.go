// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"math"
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// Missing is a metric without a value, which is not zero.
var Missing = math.NaN()

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
	return (*noun)(a).within(func(h uintptr) error {
		return done(raw.AutoscalerObserve(h, m.CPUUtilization, m.MemoryUtilization, m.RequestRate, m.ResponseTime, m.ErrorRate), "metrics")
	})
}

// ObserveAt is Observe at a time of the autoscaler's clock.
func (a *AutoScaler) ObserveAt(m Sample, now time.Duration) error {
	return (*noun)(a).within(func(h uintptr) error {
		return done(raw.AutoscalerObserveAt(h, m.CPUUtilization, m.MemoryUtilization, m.RequestRate, m.ResponseTime, m.ErrorRate, int64(now)), "metrics or now")
	})
}

// Learn takes past request rates, oldest first, so that the predictor is warm from the start; times are
// the clock's, those before its start negative. It is how many were taken; [ErrUnsupported] without a
// predictor.
func (a *AutoScaler) Learn(at []time.Duration, requestRates []float64) (int64, error) {
	if len(at) != len(requestRates) {
		return 0, fault(int32(StatusInvalidArgument), "at and requestRates: not as many")
	}
	if len(at) == 0 {
		return 0, (*noun)(a).within(func(uintptr) error { return nil })
	}
	taken, err := (*noun)(a).ask("at or requestRates", func(h uintptr) int64 {
		return raw.AutoscalerLearn(h, raw.Nanoseconds(at), requestRates, int64(len(at)))
	})
	if fault, ok := err.(*Error); ok && fault.Status == StatusUnsupported {
		fault.Option, fault.Message = "predictor", "predictor is none: nothing to learn for"
	}
	return taken, err
}

// Decide is the instances to run from now on; [ErrNone] until InitialInstances or SetInstances has said
// how many run, as a count is an order. It allocates nothing.
func (a *AutoScaler) Decide() (int32, error) { return a.count("", raw.AutoscalerDecide) }

// DecideAt is Decide at a time of the autoscaler's clock.
func (a *AutoScaler) DecideAt(now time.Duration) (int32, error) {
	return a.count("now", func(h uintptr) int32 { return raw.AutoscalerDecideAt(h, int64(now)) })
}

// Instances is the count as last decided or set; [ErrNone] while it is unknown.
func (a *AutoScaler) Instances() (int32, error) { return a.count("", raw.AutoscalerInstances) }

func (a *AutoScaler) count(blame string, what func(uintptr) int32) (int32, error) {
	count, err := (*noun)(a).ask(blame, func(h uintptr) int64 { return int64(what(h)) })
	if fault, ok := err.(*Error); ok && fault.Status == StatusNone {
		fault.Option = "initial_instances"
		fault.Message = "how many instances run is unknown: InitialInstances or SetInstances says it"
	}
	return int32(count), err
}

// History is the decisions kept, oldest first: the last of them, as many as the option History says. A
// hold for the same reason as the decision before it is not kept again.
func (a *AutoScaler) History() ([]Decision, error) {
	first, err := a.HistoryFirst()
	if err != nil {
		return nil, err
	}
	end, err := a.HistoryEnd()
	if err != nil {
		return nil, err
	}
	var all []Decision
	for sequence := first; sequence < end; sequence++ {
		d, kept, err := a.HistoryAt(sequence)
		if err != nil {
			return nil, err
		}
		if kept { // another goroutine's decisions may have pushed it out meanwhile
			all = append(all, d)
		}
	}
	return all, nil
}
