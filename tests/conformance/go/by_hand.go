// SPDX-License-Identifier: Apache-2.0

package main

// Operations of vectors that no table says.

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

func limiterAll(limiter *outgrow.RateLimiter, s step, now time.Duration) any {
	costs := s.wholes("costs")
	var parts []outgrow.LimitPart
	for i, key := range s.raws("keys") {
		cost := int64(1)
		if costs != nil {
			cost = costs[i]
		}
		parts = append(parts, limiter.Part(key, cost))
	}
	ask := func() (time.Duration, int, error) { return outgrow.AcquireAll(parts...) }
	if given(s) {
		ask = func() (time.Duration, int, error) { return outgrow.AcquireAllAt(now, parts...) }
	}
	wait, which, err := ask()
	seen := step{"wait": answerWait(wait, err), "which": nil}
	if which >= 0 {
		seen["which"] = which
	}
	return seen
}
