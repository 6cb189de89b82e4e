// SPDX-License-Identifier: Apache-2.0

package outgrow

import "testing"

func TestWhatCannotChangeIsRefusedByName(t *testing.T) {
	clock, err := NewManualClock(0)
	made(t, clock, err)
	c := concurrency(t, ConcurrencyLimiterOptions{Limit: 2, Clock: clock})
	wants(t, "a clock", c.Reconfigure(ConcurrencyLimiterOptions{Clock: clock}), ErrInvalidArgument, "Clock")
	wants(t, "a name", c.Reconfigure(ConcurrencyLimiterOptions{Name: "n"}), ErrInvalidArgument, "Name")
	wants(t, "too many", c.Reconfigure(ConcurrencyLimiterOptions{Limit: 5000}), ErrBadValue, "limit")
	if err := c.Reconfigure(ConcurrencyLimiterOptions{}); err != nil {
		t.Error("nothing:", err)
	}
	if limit, err := c.Limit(); limit != 2 || err != nil {
		t.Error(limit, err)
	}
	c.Close()
	if err := c.Reconfigure(ConcurrencyLimiterOptions{Limit: 3}); err != ErrClosed {
		t.Error(err)
	}
}
