// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// Go's Get grows the room that it is given: what fits is the whole's beginning.
func (d *cacheDriver) copy(s step, _ time.Duration) any {
	capacity := int(s.integer("capacity", 0))
	value, outcome, err := d.cache.Get(s.text("key"), make([]byte, capacity))
	if outcome != outgrow.StatusOK || err != nil {
		return word(outcome, err)
	}
	if capacity > len(value) {
		capacity = len(value)
	}
	return step{"size": len(value), "bytes": string(value[:capacity])}
}

func (d *cacheDriver) lease(s step, _ time.Duration) any {
	seen := made(d.cache.GetOrLease(s.text("key")))
	answer := step{"outcome": word(seen.Outcome, nil), "value": textOrNil(seen.Value), "wait_ms": seen.Wait.Milliseconds()}
	switch seen.Outcome {
	case outgrow.StatusMiss:
		d.held[s.text("as")] = int64(seen.Lease)
		answer["outcome"] = "lease"
	case outgrow.StatusOK:
		answer["outcome"] = "hit"
	}
	return answer
}
