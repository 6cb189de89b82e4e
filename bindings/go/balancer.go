// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// Balancer says which endpoint takes a call: round robin, smooth weighted round robin, least
// connections or consistent hashing. Unhealthy endpoints and those of weight 0 are not picked. Safe from
// every goroutine. A pick is one crossing, about 45 ns, without an allocation.
type Balancer noun

// Ticket is a call in flight, given back once with Release or Cancel; 0 is none.
type Ticket int64

// NewBalancer makes a balancer over endpoints, which several may share.
func NewBalancer(o BalancerOptions, endpoints *Endpoints) (*Balancer, error) {
	set, done, err := (*noun)(endpoints).lendRequired("endpoints")
	if err != nil {
		return nil, err
	}
	defer done()
	n, err := create("Balancer", &o, o.Clock, func(config, clock uintptr, out, failed *uintptr) int32 {
		return raw.Og_balancer_create(config, set, clock, out, failed)
	}, raw.Og_balancer_destroy)
	return (*Balancer)(n), err
}

// Close gives the balancer up. Tickets still out stop counting.
func (b *Balancer) Close() error { return (*noun)(b).close() }

// Do acquires an endpoint, runs call, and releases the endpoint with whether it returned an error and
// how long it took; a panic counts as one, [ErrAbsent] does not. It returns [ErrNone] or [ErrFull] when there
// is none. When ctx was cancelled nothing is recorded unless the call succeeded; a failure at its deadline is.
func (b *Balancer) Do(ctx context.Context, key string, call func(ctx context.Context, endpoint int32) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ticket, endpoint, outcome, err := b.Acquire(key)
	if err != nil {
		return err
	}
	if outcome != StatusOK {
		return statusError(outcome)
	}
	returned := false
	defer func() {
		if returned && !worked(err) && withdrawn(ctx) {
			b.Cancel(ticket)
		} else {
			b.Release(ticket, returned && worked(err), Measured)
		}
	}()
	err = call(ctx, endpoint)
	returned = true
	return err
}

// Pick is an endpoint's index, or [StatusNone] as a number when none may be picked. The key matters to
// consistent hashing alone.
func (b *Balancer) Pick(key string) (int32, error) {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return int32(StatusNone), ErrClosed
	}
	index := raw.BalancerPick(n.handle, key)
	n.leave(s)
	return chosen(index)
}

// PickAt is Pick at a time of the balancer's clock.
func (b *Balancer) PickAt(key string, now time.Duration) (int32, error) {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return int32(StatusNone), ErrClosed
	}
	index := raw.Og_balancer_pick_at(n.handle, key, int64(now))
	n.leave(s)
	return chosen(index)
}

// PickMany is a pick for each key into out, or, when keys is nil, len(out) of them.
func (b *Balancer) PickMany(keys []string, out []int32) error {
	if keys != nil && len(keys) != len(out) {
		return fault(int32(StatusInvalidArgument), "keys and out: not as many")
	}
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	status := raw.BalancerPickMany(n.handle, keys, out)
	n.leave(s)
	return done(status, "keys")
}

// Acquire picks and counts a call in flight. The outcome is [StatusOK], or [StatusNone] when none may be
// picked, or [StatusFull] beyond the option Tickets; the endpoint is then [StatusNone]. A ticket not
// returned within the option Ticket no longer counts.
func (b *Balancer) Acquire(key string) (ticket Ticket, endpoint int32, outcome Status, err error) {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return 0, int32(StatusNone), StatusClosed, ErrClosed
	}
	given, endpoint := raw.BalancerAcquire(n.handle, key)
	n.leave(s)
	return ticketed(given, endpoint)
}

// AcquireAt is Acquire at a time of the balancer's clock.
func (b *Balancer) AcquireAt(key string, now time.Duration) (ticket Ticket, endpoint int32, outcome Status, err error) {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return 0, int32(StatusNone), StatusClosed, ErrClosed
	}
	given, endpoint := raw.BalancerAcquireAt(n.handle, key, int64(now))
	n.leave(s)
	return ticketed(given, endpoint)
}

func ticketed(ticket int64, index int32) (Ticket, int32, Status, error) {
	if ticket > 0 {
		return Ticket(ticket), index, StatusOK, nil
	}
	if status := Status(ticket); status == StatusNone || status == StatusFull {
		return 0, int32(StatusNone), status, nil
	}
	return 0, int32(StatusNone), Status(ticket), fault(int32(ticket), "now")
}

func chosen(index int32) (int32, error) {
	if index < 0 && Status(index) != StatusNone {
		return int32(StatusNone), fault(index, "now")
	}
	return index, nil
}

// Release ends a call: whether it succeeded, and how long it took, or [Measured]. It is false for a
// ticket returned before, or expired.
func (b *Balancer) Release(ticket Ticket, success bool, latency time.Duration) (bool, error) {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return false, ErrClosed
	}
	status := raw.Og_balancer_release(n.handle, int64(ticket), bit(success), int64(latency))
	n.leave(s)
	return counted(status, "ticket or latency")
}

// ReleaseAt is Release at a time of the balancer's clock.
func (b *Balancer) ReleaseAt(ticket Ticket, success bool, latency, now time.Duration) (bool, error) {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return false, ErrClosed
	}
	status := raw.Og_balancer_release_at(n.handle, int64(ticket), bit(success), int64(latency), int64(now))
	n.leave(s)
	return counted(status, "ticket, latency or now")
}

// Cancel gives a ticket back for a call that was not made: nothing is recorded.
func (b *Balancer) Cancel(ticket Ticket) (bool, error) {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return false, ErrClosed
	}
	status := raw.Og_balancer_cancel(n.handle, int64(ticket))
	n.leave(s)
	return counted(status, "ticket")
}

// CancelAt is Cancel at a time of the balancer's clock.
func (b *Balancer) CancelAt(ticket Ticket, now time.Duration) (bool, error) {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return false, ErrClosed
	}
	status := raw.Og_balancer_cancel_at(n.handle, int64(ticket), int64(now))
	n.leave(s)
	return counted(status, "ticket or now")
}

// Picks is how often the endpoint has been picked or acquired through this balancer.
func (b *Balancer) Picks(endpoint int32) (int64, error) {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	picks := raw.Og_balancer_picks(n.handle, endpoint)
	n.leave(s)
	return number(picks, "endpoint")
}
