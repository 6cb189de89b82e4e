// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// ConcurrencyLimiter says whether there is room for one more call in flight (a bulkhead): at most its
// Limit at a time, over all goroutines, and in a scope over all processes of the machine. A permit that
// is not returned within the option Permit, or whose process is gone, is taken back. Safe from every
// goroutine. [ConcurrencyLimiter.Do] holds a permit for a call; Enter with Exit is the same by hand, one
// crossing each, without an allocation.
type ConcurrencyLimiter noun

// NewConcurrencyLimiter makes a limiter; the option Limit must be given.
func NewConcurrencyLimiter(o ConcurrencyLimiterOptions) (*ConcurrencyLimiter, error) {
	n, err := createIn("ConcurrencyLimiter", &o, o.Scope, o.Name, o.Clock, raw.Og_concurrency_create_in, raw.Og_concurrency_destroy)
	return (*ConcurrencyLimiter)(n), err
}

// Close gives the limiter up.
func (c *ConcurrencyLimiter) Close() error { return (*noun)(c).close() }

// Do runs call if there is room, else it is [ErrFull] at once. The permit is returned however call ends,
// by a panic too.
func (c *ConcurrencyLimiter) Do(ctx context.Context, call func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	permit, err := c.Enter()
	if err != nil {
		return err
	}
	if permit == 0 {
		return ErrFull
	}
	defer c.Exit(permit)
	return call(ctx)
}

// Enter is a permit for one call, or 0: there is no room.
func (c *ConcurrencyLimiter) Enter() (Permit, error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	permit := raw.Og_concurrency_enter(n.handle)
	n.leave(s)
	return admitted(permit)
}

// EnterAt is Enter at a time of the limiter's clock.
func (c *ConcurrencyLimiter) EnterAt(now time.Duration) (Permit, error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	permit := raw.Og_concurrency_enter_at(n.handle, int64(now))
	n.leave(s)
	return admitted(permit)
}

func admitted(permit int64) (Permit, error) {
	switch {
	case permit > 0:
		return Permit(permit), nil
	case Status(permit) == StatusFull:
		return 0, nil
	}
	return 0, fault(int32(permit), "now")
}

// Exit says that the call is over. It is false when the permit was returned before, was taken back, or
// is another process's.
func (c *ConcurrencyLimiter) Exit(permit Permit) (bool, error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return false, ErrClosed
	}
	status := raw.Og_concurrency_exit(n.handle, int64(permit))
	n.leave(s)
	return counted(status, "permit")
}

// ExitAt is Exit at a time of the limiter's clock.
func (c *ConcurrencyLimiter) ExitAt(permit Permit, now time.Duration) (bool, error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return false, ErrClosed
	}
	status := raw.Og_concurrency_exit_at(n.handle, int64(permit), int64(now))
	n.leave(s)
	return counted(status, "permit or now")
}

// InFlight is how many permits are out. It reads all of them, and in a scope asks the kernel about their
// processes: not for hot paths.
func (c *ConcurrencyLimiter) InFlight() (int64, error) {
	return c.ask(raw.Og_concurrency_in_flight, "")
}

// InFlightAt is InFlight at a time of the limiter's clock.
func (c *ConcurrencyLimiter) InFlightAt(now time.Duration) (int64, error) {
	return c.ask(func(h uintptr) int64 { return raw.Og_concurrency_in_flight_at(h, int64(now)) }, "now")
}

// Limit is how many may be in flight at a time.
func (c *ConcurrencyLimiter) Limit() (int64, error) { return c.ask(raw.Og_concurrency_limit, "") }

// Stat is one of the counts since it was made, in a scope by all processes.
func (c *ConcurrencyLimiter) Stat(which ConcurrencyStat) (int64, error) {
	return c.ask(func(h uintptr) int64 { return raw.Og_concurrency_stat(h, int32(which)) }, "which")
}

func (c *ConcurrencyLimiter) ask(what func(uintptr) int64, blame string) (int64, error) {
	return (*noun)(c).ask(blame, what)
}
