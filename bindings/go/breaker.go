// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// CircuitBreaker says whether a call to something that fails may be tried. Closed, it lets every call
// through and counts failures in a row; open, it refuses; half-open, it lets a few try. Safe from every
// goroutine. [CircuitBreaker.Do] runs a call through it; Enter with Exit or Cancel is the same by hand,
// one crossing each, about 35 ns, without an allocation.
type CircuitBreaker noun

// Permit is the right to make a call, given back once with Exit or Cancel; 0 is none.
type Permit int64

// NewCircuitBreaker makes a breaker.
func NewCircuitBreaker(o CircuitBreakerOptions) (*CircuitBreaker, error) {
	n, err := createIn("CircuitBreaker", &o, o.Scope, o.Name, o.Clock, raw.Og_breaker_create_in, raw.Og_breaker_destroy)
	return (*CircuitBreaker)(n), err
}

// Close gives the breaker up; "closed", the state, is another matter.
func (b *CircuitBreaker) Close() error { return (*noun)(b).close() }

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
		wait, err := b.RetryAfter()
		if err != nil {
			return err
		}
		return &OpenError{wait}
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

// Enter is a permit to try the call, or 0: refused.
func (b *CircuitBreaker) Enter() (Permit, error) {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	permit := raw.Og_breaker_enter(n.handle)
	n.leave(s)
	return entered(permit)
}

// EnterAt is Enter at a time of the breaker's clock.
func (b *CircuitBreaker) EnterAt(now time.Duration) (Permit, error) {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	permit := raw.Og_breaker_enter_at(n.handle, int64(now))
	n.leave(s)
	return entered(permit)
}

func entered(permit int64) (Permit, error) {
	switch {
	case permit > 0:
		return Permit(permit), nil
	case Status(permit) == StatusRefused:
		return 0, nil
	}
	return 0, fault(int32(permit), "now")
}

// Exit is the call's result. It is false when the permit is of an earlier state or was taken back, and
// so counts for nothing.
func (b *CircuitBreaker) Exit(permit Permit, success bool) (bool, error) {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return false, ErrClosed
	}
	status := raw.Og_breaker_exit(n.handle, int64(permit), bit(success))
	n.leave(s)
	return counted(status, "permit")
}

// ExitAt is Exit at a time of the breaker's clock.
func (b *CircuitBreaker) ExitAt(permit Permit, success bool, now time.Duration) (bool, error) {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return false, ErrClosed
	}
	status := raw.Og_breaker_exit_at(n.handle, int64(permit), bit(success), int64(now))
	n.leave(s)
	return counted(status, "permit or now")
}

// Cancel gives a permit back without a count: the call was not made, or its result says nothing.
func (b *CircuitBreaker) Cancel(permit Permit) (bool, error) {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return false, ErrClosed
	}
	status := raw.Og_breaker_cancel(n.handle, int64(permit))
	n.leave(s)
	return counted(status, "permit")
}

// CancelAt is Cancel at a time of the breaker's clock.
func (b *CircuitBreaker) CancelAt(permit Permit, now time.Duration) (bool, error) {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return false, ErrClosed
	}
	status := raw.Og_breaker_cancel_at(n.handle, int64(permit), int64(now))
	n.leave(s)
	return counted(status, "permit or now")
}

// State is the state now. An open breaker whose time is up is open until a call enters.
func (b *CircuitBreaker) State() (BreakerState, error) {
	state, err := b.ask(func(h uintptr) int64 { return int64(raw.Og_breaker_state(h)) })
	return BreakerState(state), err
}

// String is the state as a word.
func (s BreakerState) String() string {
	names := [...]string{"closed", "open", "half_open", "forced_open", "forced_closed"}
	if s < 0 || int(s) >= len(names) {
		return ""
	}
	return names[s]
}

// RetryAfter is how long until an open breaker lets a call try: 0 when one may now, [Never] when it is
// forced open.
func (b *CircuitBreaker) RetryAfter() (time.Duration, error) {
	wait, err := b.ask(raw.Og_breaker_retry_after)
	return time.Duration(wait), err
}

// RetryAfterAt is RetryAfter at a time of the breaker's clock.
func (b *CircuitBreaker) RetryAfterAt(now time.Duration) (time.Duration, error) {
	wait, err := b.ask(func(h uintptr) int64 { return raw.Og_breaker_retry_after_at(h, int64(now)) })
	return time.Duration(wait), err
}

// Transitions is how often it has changed state since it was made.
func (b *CircuitBreaker) Transitions() (int64, error) { return b.ask(raw.Og_breaker_transitions) }

// ForceOpen refuses all calls until Reset.
func (b *CircuitBreaker) ForceOpen() error { return b.turn(raw.Og_breaker_force_open) }

// ForceClosed lets all calls through until Reset.
func (b *CircuitBreaker) ForceClosed() error { return b.turn(raw.Og_breaker_force_closed) }

// Reset closes it, from any state, with no failure counted.
func (b *CircuitBreaker) Reset() error { return b.turn(raw.Og_breaker_reset) }

func (b *CircuitBreaker) ask(what func(uintptr) int64) (int64, error) {
	return (*noun)(b).ask("now", what)
}

func (b *CircuitBreaker) turn(to func(uintptr) int32) error {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	status := to(n.handle)
	n.leave(s)
	return done(status, "")
}
