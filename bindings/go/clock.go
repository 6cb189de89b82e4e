// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// NewSystemClock reads the time stamp counter where it is invariant, held to CLOCK_MONOTONIC; else
// that clock itself.
func NewSystemClock() (*Clock, error) { return newClock(raw.ClockCreateSystem) }

// NewMonotonicClock reads CLOCK_MONOTONIC from the kernel each time.
func NewMonotonicClock() (*Clock, error) { return newClock(raw.ClockCreateMonotonic) }

// NewCoarseClock reads the kernel tick's time: the cheapest, 1 to 10 ms coarse.
func NewCoarseClock() (*Clock, error) { return newClock(raw.ClockCreateCoarse) }

// NewManualClock stands at start, 0 or later, until it is moved: for tests and replay.
func NewManualClock(start time.Duration) (*Clock, error) {
	return newClock(func() (int32, uintptr, uintptr) { return raw.ClockCreateManual(int64(start)) })
}

func newClock(make func() (status int32, out, failed uintptr)) (*Clock, error) {
	status, out, failed := make()
	n, err := adopt("Clock", status, out, failed, raw.ClockDestroy)
	return (*Clock)(n), err
}

// Close gives the clock up. Nouns that use it keep it.
func (c *Clock) Close() error { return (*noun)(c).close() }
