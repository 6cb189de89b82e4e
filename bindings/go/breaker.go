// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
	"time"
)

// Permit is the right to make a call, given back once with Exit or Cancel; 0 is none.
type Permit int64

// Do runs call if the breaker lets it, and tells the breaker whether it returned an error; a panic
// counts as one, and [ErrAbsent] does not: that is an answer. Do returns an [OpenError] when the breaker
// does not let the call. When ctx was cancelled a failure says nothing about the other side: the permit is
// given back uncounted. One at ctx's deadline counts: that is how a side that hangs is seen.
func (b *CircuitBreaker) Do(ctx context.Context, call func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	permit, err := b.Enter()
	if err != nil {
		return err
	}
	if permit == 0 {
		return b.Refusal()
	}
	returned := false
	defer func() {
		switch {
		case returned && worked(err):
			b.Exit(permit, true)
		case returned && withdrawn(ctx):
			b.Cancel(permit)
		default:
			b.Exit(permit, false)
		}
	}()
	err = call(ctx)
	returned = true
	return err
}

// Refusal is why Enter gave no permit: an [OpenError].
func (b *CircuitBreaker) Refusal() error {
	state, err := b.State()
	if err != nil {
		return err
	}
	// What tries may end any moment; RetryAfter is when it is given up at the latest.
	wait := time.Duration(0)
	if state != BreakerHalfOpen {
		if wait, err = b.RetryAfter(); err != nil {
			return err
		}
	}
	said, err := b.RefusalText(wait)
	if err != nil {
		return err
	}
	return &OpenError{wait, said}
}

// Whether the caller has given up, other than by its deadline.
func withdrawn(ctx context.Context) bool { return errors.Is(ctx.Err(), context.Canceled) }

func worked(err error) bool { return err == nil || errors.Is(err, ErrAbsent) }

// Call is [CircuitBreaker.Do] for a call that returns a value.
func Call[T any](ctx context.Context, b *CircuitBreaker, call func(context.Context) (T, error)) (T, error) {
	var value T
	err := b.Do(ctx, func(ctx context.Context) (err error) {
		value, err = call(ctx)
		return err
	})
	return value, err
}
