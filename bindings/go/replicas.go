// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// ReplicaRouter says which database node takes a call: writes go to the primary, node 0, reads to a
// healthy replica, 1 and up, by round robin or to the one with the fewest calls in flight; with none
// healthy to the primary, if the option FallBack says so. Safe from every goroutine.
type ReplicaRouter noun

// NewReplicaRouter makes a router. All nodes are healthy at first.
func NewReplicaRouter(o ReplicaRouterOptions) (*ReplicaRouter, error) {
	n, err := create("ReplicaRouter", &o, o.Clock, raw.Og_replicas_create, raw.Og_replicas_destroy)
	return (*ReplicaRouter)(n), err
}

// Close gives the router up.
func (r *ReplicaRouter) Close() error { return (*noun)(r).close() }

// Do acquires a node for a write or a read, runs call, and releases the node, as [Balancer.Do] does.
func (r *ReplicaRouter) Do(ctx context.Context, write bool, call func(ctx context.Context, node int32) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ticket, node, outcome, err := r.Acquire(write)
	if err != nil {
		return err
	}
	if outcome != StatusOK {
		return statusError(outcome)
	}
	returned := false
	defer func() {
		if returned && !worked(err) && withdrawn(ctx) {
			r.Cancel(ticket)
		} else {
			r.Release(ticket, returned && worked(err), Measured)
		}
	}()
	err = call(ctx, node)
	returned = true
	return err
}

// Write is the node for a write, or [StatusNone] as a number. It is not counted in flight.
func (r *ReplicaRouter) Write() (int32, error) { return r.choose(raw.Og_replicas_write) }

// Read is the node for a read, or [StatusNone] as a number. It is not counted in flight.
func (r *ReplicaRouter) Read() (int32, error) { return r.choose(raw.Og_replicas_read) }

// ReadAt is Read at a time of the router's clock.
func (r *ReplicaRouter) ReadAt(now time.Duration) (int32, error) {
	return r.choose(func(h uintptr) int32 { return raw.Og_replicas_read_at(h, int64(now)) })
}

func (r *ReplicaRouter) choose(how func(uintptr) int32) (int32, error) {
	n := (*noun)(r)
	s := n.enter()
	if s == nil {
		return int32(StatusNone), ErrClosed
	}
	node := how(n.handle)
	n.leave(s)
	return chosen(node)
}

// ReadMany is len(out) reads into out.
func (r *ReplicaRouter) ReadMany(out []int32) error {
	n := (*noun)(r)
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	status := raw.ReplicasReadMany(n.handle, out)
	n.leave(s)
	return done(status, "out")
}

// Acquire is Write or Read, counted in flight, with outcomes as those of [Balancer.Acquire].
func (r *ReplicaRouter) Acquire(write bool) (ticket Ticket, node int32, outcome Status, err error) {
	n := (*noun)(r)
	s := n.enter()
	if s == nil {
		return 0, int32(StatusNone), StatusClosed, ErrClosed
	}
	given, node := raw.ReplicasAcquire(n.handle, bit(write))
	n.leave(s)
	return ticketed(given, node)
}

// AcquireAt is Acquire at a time of the router's clock.
func (r *ReplicaRouter) AcquireAt(write bool, now time.Duration) (ticket Ticket, node int32, outcome Status, err error) {
	n := (*noun)(r)
	s := n.enter()
	if s == nil {
		return 0, int32(StatusNone), StatusClosed, ErrClosed
	}
	given, node := raw.ReplicasAcquireAt(n.handle, bit(write), int64(now))
	n.leave(s)
	return ticketed(given, node)
}

// Release ends a call, as [Balancer.Release] does.
func (r *ReplicaRouter) Release(ticket Ticket, success bool, latency time.Duration) (bool, error) {
	n := (*noun)(r)
	s := n.enter()
	if s == nil {
		return false, ErrClosed
	}
	status := raw.Og_replicas_release(n.handle, int64(ticket), bit(success), int64(latency))
	n.leave(s)
	return counted(status, "ticket or latency")
}

// ReleaseAt is Release at a time of the router's clock.
func (r *ReplicaRouter) ReleaseAt(ticket Ticket, success bool, latency, now time.Duration) (bool, error) {
	n := (*noun)(r)
	s := n.enter()
	if s == nil {
		return false, ErrClosed
	}
	status := raw.Og_replicas_release_at(n.handle, int64(ticket), bit(success), int64(latency), int64(now))
	n.leave(s)
	return counted(status, "ticket, latency or now")
}

// Cancel gives a ticket back for a call that was not made.
func (r *ReplicaRouter) Cancel(ticket Ticket) (bool, error) {
	n := (*noun)(r)
	s := n.enter()
	if s == nil {
		return false, ErrClosed
	}
	status := raw.Og_replicas_cancel(n.handle, int64(ticket))
	n.leave(s)
	return counted(status, "ticket")
}

// CancelAt is Cancel at a time of the router's clock.
func (r *ReplicaRouter) CancelAt(ticket Ticket, now time.Duration) (bool, error) {
	n := (*noun)(r)
	s := n.enter()
	if s == nil {
		return false, ErrClosed
	}
	status := raw.Og_replicas_cancel_at(n.handle, int64(ticket), int64(now))
	n.leave(s)
	return counted(status, "ticket or now")
}

// SetHealthy says whether a node may be chosen.
func (r *ReplicaRouter) SetHealthy(node int32, healthy bool) error {
	n := (*noun)(r)
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	status := raw.Og_replicas_set_healthy(n.handle, node, bit(healthy))
	n.leave(s)
	return done(status, "node")
}

// Healthy is whether a node may be chosen.
func (r *ReplicaRouter) Healthy(node int32) (bool, error) {
	healthy, err := r.ask(func(h uintptr) int64 { return int64(raw.Og_replicas_healthy(h, node)) })
	return healthy == 1, err
}

// InFlight counts calls acquired and not returned.
func (r *ReplicaRouter) InFlight(node int32) (int64, error) {
	return r.ask(func(h uintptr) int64 { return raw.Og_replicas_in_flight(h, node) })
}

// Reads counts reads sent to the node.
func (r *ReplicaRouter) Reads(node int32) (int64, error) {
	return r.ask(func(h uintptr) int64 { return raw.Og_replicas_reads(h, node) })
}

// Writes counts writes in all.
func (r *ReplicaRouter) Writes() (int64, error) { return r.ask(raw.Og_replicas_writes) }

func (r *ReplicaRouter) ask(what func(uintptr) int64) (int64, error) {
	return (*noun)(r).ask("node", what)
}
