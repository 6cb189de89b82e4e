// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

func (d *limiterDriver) many(s step, now time.Duration) any {
	keys := s.raws("keys")
	var costs []int64
	for _, cost := range s.list("costs") {
		costs = append(costs, step{"cost": cost}.integer("cost", 0))
	}
	waits := make([]time.Duration, len(keys))
	var passed int
	if given(s) {
		passed = made(d.limiter.AcquireManyAt(keys, costs, now, waits))
	} else {
		passed = made(d.limiter.AcquireMany(keys, costs, waits))
	}
	spelled := []any{}
	for _, wait := range waits {
		spelled = append(spelled, answerWait(wait, misuse(wait)))
	}
	return step{"passed": passed, "waits": spelled}
}

// Of many requests one can be wrong: its wait is a status.
func misuse(wait time.Duration) error {
	if outgrow.Status(wait) == outgrow.StatusInvalidArgument {
		return outgrow.ErrInvalidArgument
	}
	return nil
}
