// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
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
			return v.make(ctx, operation, b.Ticket, call)
		case StatusOK, StatusStale:
			return b.Value, nil
		case StatusDenied:
			return nil, &LimitedError{b.Wait}
		case StatusRefused:
			return nil, &OpenError{b.Wait}
		case StatusWait:
			if err := sleep(ctx, pause(b.Wait)); err != nil {
				return nil, err
			}
		default:
			return nil, statusError(b.Outcome)
		}
	}
}

func (v *Service) make(ctx context.Context, operation ServiceOperation, ticket Ticket, call serviceCall) ([]byte, error) {
	settled := false
	defer func() {
		if !settled {
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
	value, err := call(ctx, server, node)
	absent := operation == ServiceRead && errors.Is(err, ErrAbsent)
	if err != nil && !absent && ctx.Err() != nil && operation == ServiceRead {
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
