// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// Explain decides as Decide does, and is the whole decision.
func (a *AutoScaler) Explain() (Decision, error) { return a.explain(raw.AutoscalerExplain) }

// ExplainAt is Explain at a time of the autoscaler's clock.
func (a *AutoScaler) ExplainAt(now time.Duration) (Decision, error) {
	return a.explain(func(h uintptr) (int32, uintptr, uintptr) { return raw.AutoscalerExplainAt(h, int64(now)) })
}

func (a *AutoScaler) explain(how func(uintptr) (status int32, decision, failed uintptr)) (d Decision, err error) {
	err = (*noun)(a).within(func(h uintptr) error {
		status, handle, failed := how(h)
		if status == 0 {
			d = decisionOf(handle)
		}
		return settled(status, failed)
	})
	return d, err
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

// HistoryAt is the decision of a number, if it is kept.
func (a *AutoScaler) HistoryAt(sequence int64) (d Decision, kept bool, err error) {
	err = (*noun)(a).within(func(h uintptr) error {
		status, handle, failed := raw.AutoscalerHistory(h, sequence)
		switch {
		case Status(status) == StatusNone:
			if failed != 0 {
				raw.ErrorDestroy(failed)
			}
			return nil
		case status == 0:
			d, kept = decisionOf(handle), true
		}
		return settled(status, failed)
	})
	return d, kept, err
}
