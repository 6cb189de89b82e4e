// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"time"
)

// Ticket is a call in flight, given back once with Release or Cancel; 0 is none.
type Ticket int64

// Do acquires an endpoint, runs call, and releases the endpoint with whether it returned an error and
// how long it took; a panic counts as one, [ErrAbsent] does not. It returns [ErrNone] or [ErrFull] when there
// is none. When ctx was cancelled nothing is recorded unless the call succeeded; a failure at its deadline is.
func (b *Balancer) Do(ctx context.Context, key string, call func(ctx context.Context, endpoint int32) error) error {
	return withTicket(ctx, b, func() (Ticket, int32, Status, error) { return b.Acquire(key) }, call)
}

type tickets interface {
	Release(ticket Ticket, success bool, latency time.Duration) (bool, error)
	Cancel(ticket Ticket) (bool, error)
}

func withTicket(ctx context.Context, of tickets, acquire func() (Ticket, int32, Status, error),
	call func(ctx context.Context, index int32) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ticket, index, outcome, err := acquire()
	if err != nil {
		return err
	}
	if outcome != StatusOK {
		return statusError(outcome)
	}
	returned := false
	defer func() {
		if returned && !worked(err) && withdrawn(ctx) {
			of.Cancel(ticket)
		} else {
			of.Release(ticket, returned && worked(err), Measured)
		}
	}()
	err = call(ctx, index)
	returned = true
	return err
}
