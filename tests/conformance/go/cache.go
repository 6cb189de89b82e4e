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
