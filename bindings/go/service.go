// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// Begun is what to do with a request.
type Begun struct {
	// OK: Value is the answer. Absent: the key is known not to exist. Stale: Value is past its time to
	// live, and another caller is loading it. Wait: another is loading it, ask again in Wait at most.
	// Denied: the client is over its rate, for Wait. Refused: the breakers of all servers are open, for
	// Wait at least. None: no server or node may be chosen. Full: MaxInFlight calls are out. Miss: make
	// the call on Server and Node, and End the Ticket.
	Outcome Status
	Ticket  Ticket        // with Miss
	Value   []byte        // with OK and Stale; with Miss a stale value to use meanwhile, or nil
	Wait    time.Duration // with Wait, Denied and Refused
}

// Result is how a call ended.
type Result struct {
	Success bool
	Latency time.Duration // or [Measured]
	Value   []byte        // of a successful read, to be cached; nil keeps nothing
	Absent  bool          // the key does not exist: that is cached
	TTL     time.Duration // how long it is fresh: 0 for ever, [DefaultTTL]
}

// End is the call's end: it is false for a ticket that was settled before, or after the option Call.
func (v *Service) End(ticket Ticket, r Result) (bool, error) {
	if r.TTL < DefaultTTL {
		return false, fault(int32(StatusInvalidArgument), "ttl")
	}
	value, size := r.kept()
	return v.settle("ticket, latency, value or ttl", func(h uintptr) int32 {
		return raw.ServiceEnd(h, int64(ticket), bit(r.Success), int64(r.Latency), value, size, int64(r.TTL))
	})
}

// EndAt is End at a time of the service's clock.
func (v *Service) EndAt(ticket Ticket, r Result, now time.Duration) (bool, error) {
	if r.TTL < DefaultTTL {
		return false, fault(int32(StatusInvalidArgument), "ttl")
	}
	value, size := r.kept()
	return v.settle("ticket, latency, value, ttl or now", func(h uintptr) int32 {
		return raw.ServiceEndAt(h, int64(ticket), bit(r.Success), int64(r.Latency), value, size, int64(r.TTL), int64(now))
	})
}

func (r *Result) kept() (string, int64) {
	const keepNothing, keepAbsence = -1, -2
	switch {
	case r.Absent:
		return "", keepAbsence
	case r.Value == nil:
		return "", keepNothing
	}
	return Key(r.Value), int64(len(r.Value))
}

func (v *Service) settle(argument string, how func(uintptr) int32) (bool, error) {
	n := (*noun)(v)
	s := n.enter()
	if s == nil {
		return false, ErrClosed
	}
	status := how(n.handle)
	n.leave(s)
	return counted(status, argument)
}

// Read runs a read of client for key down the path: what is cached, or else what call returns, which is
// cached; call is told the server's index and the node, [StatusNone] as numbers where there are none, and
// returns [ErrAbsent] for a key that does not exist. While another caller loads the key it waits, until
// ctx is done. What stops the request is a [LimitedError], an [OpenError], [ErrNone] or [ErrFull]. When
// ctx was cancelled, or call panics, all is given back as if the call had not been made; a failure at ctx's
// deadline is one.
func (v *Service) Read(ctx context.Context, client, key string, call func(ctx context.Context, server, node int32) ([]byte, error)) ([]byte, error) {
	return v.run(ctx, ServiceRead, client, key, call)
}

// Write runs a write as Read runs a read; the key's cached value is invalid after it. One that fails, panics
// or is given up may have been applied all the same: it counts as failed, and the key is invalid too.
func (v *Service) Write(ctx context.Context, client, key string, call func(ctx context.Context, server, node int32) error) error {
	_, err := v.run(ctx, ServiceWrite, client, key, func(ctx context.Context, server, node int32) ([]byte, error) {
		return nil, call(ctx, server, node)
	})
	return err
}
