// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
	"time"
)

type serviceCall func(ctx context.Context, server, node int32) ([]byte, error)

func (v *Service) run(ctx context.Context, operation ServiceOperation, client, key string, call serviceCall) ([]byte, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b, err := v.Begin(operation, client, key)
		if err != nil {
			return nil, err
		}
		switch b.Outcome {
		case StatusMiss:
			return v.make(ctx, operation, key, b.Ticket, call)
		case StatusOK, StatusStale:
			return b.Value, nil
		case StatusDenied:
			return nil, &LimitedError{b.Wait}
		case StatusRefused:
			return nil, &OpenError{b.Wait}
		case StatusWait:
			l, err := v.awaitLoad(ctx, key)
			if err != nil || l.Outcome == StatusOK || l.Outcome == StatusStale {
				return l.Value, err
			}
			if l.Outcome == StatusAbsent {
				return nil, ErrAbsent
			}
		default:
			return nil, statusError(b.Outcome)
		}
	}
}

// Waits for another's load. It asks the cache, not Begin, which would take from the client's rate each
// time. What is not cached is given back: the call for it needs a ticket.
func (v *Service) awaitLoad(ctx context.Context, key string) (l Leased, err error) {
	cache, err := v.Cache()
	if err != nil {
		return l, err
	}
	defer cache.Close()
	err = (*noun)(v).await(ctx, key, func() (time.Duration, bool, error) {
		var err error
		l, err = cache.GetOrLease(key)
		return l.Wait, l.Outcome == StatusWait, err
	})
	if l.Lease != 0 {
		cache.GiveUp(key, l.Lease)
	}
	return l, err
}

func (v *Service) make(ctx context.Context, operation ServiceOperation, key string, ticket Ticket, call serviceCall) ([]byte, error) {
	if operation == ServiceRead && key != "" {
		loads := (*noun)(v).loadWaiters()
		loads.begin(key)
		defer loads.end(key)
	} else {
		defer (*noun)(v).wake(key)
	}
	settled, called := false, false
	defer func() {
		switch {
		case settled:
		case called && operation == ServiceWrite: // it panicked, and may have been applied as one that failed
			v.End(ticket, Result{Latency: Measured, TTL: DefaultTTL})
		default:
			v.Cancel(ticket)
		}
	}()
	server, err := v.Server(ticket)
	if err != nil {
		return nil, err
	}
	node, err := v.Node(ticket)
	if err != nil {
		return nil, err
	}
	called = true
	value, err := call(ctx, server, node)
	absent := operation == ServiceRead && errors.Is(err, ErrAbsent)
	if err != nil && !absent && withdrawn(ctx) && operation == ServiceRead {
		return nil, err
	}
	settled = true // a write that failed may have been applied: its End invalidates the key
	r := Result{Success: worked(err), Latency: Measured, TTL: DefaultTTL, Absent: absent}
	if err == nil && operation == ServiceRead {
		r.Value = append([]byte{}, value...)
	}
	v.End(ticket, r)
	return value, err
}
