// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// Clock is time that never steps back, from an arbitrary start. Nouns that are given none use the
// system's. The At forms of calls take a time of the noun's clock.
type Clock noun

// NewSystemClock reads the time stamp counter where it is invariant, held to CLOCK_MONOTONIC; else
// that clock itself.
func NewSystemClock() (*Clock, error) { return newClock(raw.Og_clock_create_system) }

// NewMonotonicClock reads CLOCK_MONOTONIC from the kernel each time.
func NewMonotonicClock() (*Clock, error) { return newClock(raw.Og_clock_create_monotonic) }

// NewCoarseClock reads the kernel tick's time: the cheapest, 1 to 10 ms coarse.
func NewCoarseClock() (*Clock, error) { return newClock(raw.Og_clock_create_coarse) }

// NewManualClock stands at start, 0 or later, until it is moved: for tests and replay.
func NewManualClock(start time.Duration) (*Clock, error) {
	return newClock(func(out, failed *uintptr) int32 {
		return raw.Og_clock_create_manual(int64(start), out, failed)
	})
}

func newClock(make func(out, failed *uintptr) int32) (*Clock, error) {
	n, err := adopt("Clock", make, raw.Og_clock_destroy)
	return (*Clock)(n), err
}

// Close gives the clock up. Nouns that use it keep it.
func (c *Clock) Close() error { return (*noun)(c).close() }

// Now is the time since the clock's start.
func (c *Clock) Now() (time.Duration, error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	now, err := number(raw.Og_clock_now(n.handle), "")
	n.leave(s)
	return time.Duration(now), err
}

// Set moves a manual clock to a time. Back is [ErrInvalidArgument], and moves nothing.
func (c *Clock) Set(now time.Duration) error { return c.move(raw.Og_clock_set, now, "now") }

// Advance moves a manual clock on.
func (c *Clock) Advance(by time.Duration) error { return c.move(raw.Og_clock_advance, by, "by") }

func (c *Clock) move(move func(uintptr, int64) int32, to time.Duration, what string) error {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	status := move(n.handle, int64(to))
	n.leave(s)
	return done(status, what)
}
