// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
	"time"
)

type serviceCall func(ctx context.Context, server, node int32) ([]byte, error)

func (v *Service) run(ctx context.Context, operation ServiceOperation, client, key string, call serviceCall) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b, err := v.Begin(operation, client, key)
	if err == nil && b.Outcome == StatusWait {
		err = (*noun)(v).await(ctx, key, func() (time.Duration, Status, error) {
			var err error
			b, err = v.Begin(operation, client, key)
			return b.Wait, b.Outcome, err
		})
		if err != nil && b.Outcome == StatusMiss {
			v.Cancel(b.Ticket)
		}
	}
	if err != nil {
		return nil, err
	}
	switch b.Outcome {
	case StatusMiss:
		return v.make(ctx, operation, key, b.Ticket, call)
	case StatusOK, StatusStale:
		return b.Value, nil
	case StatusDenied:
		return nil, &LimitedError{RetryAfter: b.Wait}
	case StatusRefused:
		return nil, &OpenError{RetryAfter: b.Wait}
	default:
		return nil, statusError(b.Outcome)
	}
}

func (v *Service) make(ctx context.Context, operation ServiceOperation, key string, ticket Ticket, call serviceCall) ([]byte, error) {
	calling, here := ctx, (*load)(nil)
	if operation == ServiceRead && key != "" {
		calling, here = (*noun)(v).loadWaiters().begin(ctx, key)
		defer here.end()
	} else {
		defer (*noun)(v).wake(key)
	}
	settled, called, returned := false, false, false
	defer func() {
		if called && !returned && here != nil {
			here.fail(ctx, errNotReturned)
		}
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
	value, err := call(calling, server, node)
	returned = true
	absent := operation == ServiceRead && errors.Is(err, ErrAbsent)
	if err != nil && !absent && withdrawn(ctx) && operation == ServiceRead {
		return nil, err
	}
	if err != nil && !absent && here != nil {
		here.fail(ctx, err)
	}
	settled = true // a write that failed may have been applied: its End invalidates the key
	r := Result{Success: worked(err), Latency: Measured, TTL: DefaultTTL, Absent: absent}
	if err == nil && operation == ServiceRead {
		r.Value = append([]byte{}, value...)
	}
	v.End(ticket, r)
	return value, err
}
