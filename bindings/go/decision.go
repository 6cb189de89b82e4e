// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// Decision is one of an [AutoScaler]'s, with its reason.
type Decision struct {
	Sequence  int64         // its number; of a hold that repeats, of the one that is kept
	At        time.Duration // of the clock
	Previous  int32
	Desired   int32
	Action    ScaleAction
	Reason    ScaleReason
	Metric    ScaleMetric // that decided, or [StatusNone] as a number
	Value     float64     // what was seen, NaN where the reason has none
	Threshold float64     // what it was held against, likewise
	Reactive  int32       // what the metrics asked for, before limits
	Predicted int32       // what the forecast asked for, or [StatusNone] as a number
	Forecast  float64     // requests a minute expected, NaN without a forecast
	Text      string      // one line, as "up 2 -> 4: cpu_utilization 93 is over 70"
}

// Explain decides as Decide does, and is the whole decision.
func (a *AutoScaler) Explain() (Decision, error) { return a.explain(raw.Og_autoscaler_explain) }

// ExplainAt is Explain at a time of the autoscaler's clock.
func (a *AutoScaler) ExplainAt(now time.Duration) (Decision, error) {
	return a.explain(func(h uintptr, out, failed *uintptr) int32 {
		return raw.Og_autoscaler_explain_at(h, int64(now), out, failed)
	})
}

func (a *AutoScaler) explain(how func(handle uintptr, out, failed *uintptr) int32) (Decision, error) {
	n := (*noun)(a)
	s := n.enter()
	if s == nil {
		return Decision{}, ErrClosed
	}
	defer n.leave(s)
	var handle, failed uintptr
	if status := how(n.handle, &handle, &failed); status != 0 {
		return Decision{}, failure(status, failed)
	}
	return decision(handle), nil
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

// HistoryFirst is the number of the first decision kept.
func (a *AutoScaler) HistoryFirst() (int64, error) { return a.ask("", raw.Og_autoscaler_history_first) }

// HistoryEnd is one more than the number of the last decision kept.
func (a *AutoScaler) HistoryEnd() (int64, error) { return a.ask("", raw.Og_autoscaler_history_end) }

// HistoryAt is the decision of a number, if it is kept.
func (a *AutoScaler) HistoryAt(sequence int64) (d Decision, kept bool, err error) {
	n := (*noun)(a)
	s := n.enter()
	if s == nil {
		return Decision{}, false, ErrClosed
	}
	defer n.leave(s)
	var handle, failed uintptr
	status := raw.Og_autoscaler_history(n.handle, sequence, &handle, &failed)
	switch {
	case Status(status) == StatusNone:
		if failed != 0 {
			raw.Og_error_destroy(&failed)
		}
		return Decision{}, false, nil
	case status != 0:
		return Decision{}, false, failure(status, failed)
	}
	return decision(handle), true, nil
}

func decision(handle uintptr) Decision {
	defer raw.Og_decision_destroy(handle)
	return Decision{
		Sequence:  raw.Og_decision_sequence(handle),
		At:        time.Duration(raw.Og_decision_at(handle)),
		Previous:  raw.Og_decision_previous(handle),
		Desired:   raw.Og_decision_desired(handle),
		Action:    ScaleAction(raw.Og_decision_action(handle)),
		Reason:    ScaleReason(raw.Og_decision_reason(handle)),
		Metric:    ScaleMetric(raw.Og_decision_metric(handle)),
		Value:     raw.Og_decision_value(handle),
		Threshold: raw.Og_decision_threshold(handle),
		Reactive:  raw.Og_decision_reactive(handle),
		Predicted: raw.Og_decision_predicted(handle),
		Forecast:  raw.Og_decision_forecast(handle),
		Text:      raw.Og_decision_text(handle),
	}
}

// String is the metric as a word, such as "cpu_utilization"; "" for what is none.
func (m ScaleMetric) String() string { return raw.Og_scale_metric_name(int32(m)) }

// String is the reason as a word, such as "over_threshold".
func (r ScaleReason) String() string { return raw.Og_scale_reason_name(int32(r)) }

// String is the action as a word, such as "up".
func (a ScaleAction) String() string { return raw.Og_scale_action_name(int32(a)) }
