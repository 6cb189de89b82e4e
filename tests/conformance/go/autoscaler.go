// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

func (d *autoscalerDriver) learn(s step, _ time.Duration) any {
	var at []time.Duration
	var rates []float64
	for i, rate := range s.list("rates") {
		at = append(at, s.ms("from_ms", 0)+time.Duration(i)*s.ms("every_ms", 0))
		rates = append(rates, numberOr(rate, outgrow.Missing))
	}
	return made(d.autoscaler.Learn(at, rates))
}
