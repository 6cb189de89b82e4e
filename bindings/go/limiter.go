// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// RateLimiter says whether a request of a key may pass, and if not, when: a token bucket in exact
// integers, or a sliding window, for each of many keys in fixed memory. A key is any bytes; "" is a key
// too: a limiter without keys. Safe from every goroutine.
//
// A decision is one crossing, about 90 ns in all, and allocates nothing; [RateLimiter.AcquireMany]
// shares the crossing and the clock among keys.
type RateLimiter noun

// NewRateLimiter makes a limiter. Options.Rate must be given.
func NewRateLimiter(o RateLimiterOptions) (*RateLimiter, error) {
	n, err := createIn("RateLimiter", &o, o.Scope, o.Name, o.Clock, raw.Og_limiter_create_in, raw.Og_limiter_destroy)
	return (*RateLimiter)(n), err
}

// Close gives the limiter up. Calls that are in it end as they would.
func (l *RateLimiter) Close() error { return (*noun)(l).close() }

// Allow is whether one request of the key passes now, and takes it. A closed limiter lets none pass.
func (l *RateLimiter) Allow(key string) bool {
	wait, err := l.Acquire(key, 1)
	return wait == 0 && err == nil
}

// Acquire takes cost, all or nothing: 0 when it passed; else it is denied, and passes after that long
// if no other of the key does meanwhile; [Never] when it costs more than the limiter ever holds. A cost
// of 0 passes, a negative one is [ErrInvalidArgument].
func (l *RateLimiter) Acquire(key string, cost int64) (time.Duration, error) {
	n := (*noun)(l)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	wait := raw.LimiterAcquire(n.handle, key, cost)
	n.leave(s)
	return waited(wait)
}

// AcquireAt is Acquire at a time of the limiter's clock. One before another already given earns nothing.
func (l *RateLimiter) AcquireAt(key string, cost int64, now time.Duration) (time.Duration, error) {
	n := (*noun)(l)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	wait := raw.LimiterAcquireAt(n.handle, key, cost, int64(now))
	n.leave(s)
	return waited(wait)
}

// Peek is what Acquire would answer, taking nothing.
func (l *RateLimiter) Peek(key string, cost int64) (time.Duration, error) {
	n := (*noun)(l)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	wait := raw.LimiterPeek(n.handle, key, cost)
	n.leave(s)
	return waited(wait)
}

// PeekAt is Peek at a time of the limiter's clock.
func (l *RateLimiter) PeekAt(key string, cost int64, now time.Duration) (time.Duration, error) {
	n := (*noun)(l)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	wait := raw.Og_limiter_peek_at(n.handle, key, cost, int64(now))
	n.leave(s)
	return waited(wait)
}

// Standing is an answer of the limiter's, and where the key stands after it.
type Standing struct {
	Wait       time.Duration // 0: it passed
	Limit      int64         // what the key may take at once
	Remaining  int64         // what it may take now
	ResetAfter time.Duration // until all of it is there again
}

// AcquireDetailed is Acquire for HTTP's RateLimit and Retry-After fields. A cost of 0 only asks.
func (l *RateLimiter) AcquireDetailed(key string, cost int64) (Standing, error) {
	n := (*noun)(l)
	s := n.enter()
	if s == nil {
		return Standing{}, ErrClosed
	}
	answer := raw.LimiterDetailed(n.handle, key, cost)
	n.leave(s)
	return standing(answer)
}

// AcquireDetailedAt is AcquireDetailed at a time of the limiter's clock.
func (l *RateLimiter) AcquireDetailedAt(key string, cost int64, now time.Duration) (Standing, error) {
	n := (*noun)(l)
	s := n.enter()
	if s == nil {
		return Standing{}, ErrClosed
	}
	answer := raw.LimiterDetailedAt(n.handle, key, cost, int64(now))
	n.leave(s)
	return standing(answer)
}

// AcquireMany is a call of Acquire for each key, at one time; their waits are put into waits. costs may
// be nil: 1 each. It returns how many passed. A negative wait is a [Status]: what is wrong with that
// request alone. The keys are gathered into one range of bytes to cross
// at once, in memory that is kept for the next call.
func (l *RateLimiter) AcquireMany(keys []string, costs []int64, waits []time.Duration) (int, error) {
	return l.acquireMany(keys, costs, waits, nil)
}

// AcquireManyAt is AcquireMany at a time of the limiter's clock.
func (l *RateLimiter) AcquireManyAt(keys []string, costs []int64, now time.Duration, waits []time.Duration) (int, error) {
	return l.acquireMany(keys, costs, waits, (*int64)(&now))
}

func (l *RateLimiter) acquireMany(keys []string, costs []int64, waits []time.Duration, now *int64) (int, error) {
	if len(waits) != len(keys) || costs != nil && len(costs) != len(keys) {
		return 0, fault(int32(StatusInvalidArgument), "keys, costs, waits: not as many")
	}
	n := (*noun)(l)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	if len(keys) == 0 {
		n.leave(s)
		return 0, nil
	}
	passed := raw.LimiterAcquireMany(n.handle, keys, costs, now, raw.Nanoseconds(waits))
	n.leave(s)
	got, err := number(passed, "costs")
	return int(got), err
}

// Wait blocks until the request passes, or returns a [LimitedError] at once when ctx would end before
// that or it never passes, or ctx's error when that is done. It takes nothing unless it returns nil.
func (l *RateLimiter) Wait(ctx context.Context, key string, cost int64) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		wait, err := l.Acquire(key, cost)
		if wait == 0 || err != nil {
			return err
		}
		deadline, bounded := ctx.Deadline()
		if wait == Never || bounded && time.Until(deadline) < wait {
			return &LimitedError{wait}
		}
		if err := (*noun)(l).sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// Stat is a count since the limiter was made.
func (l *RateLimiter) Stat(which RateLimiterStat) (int64, error) {
	n := (*noun)(l)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	count := raw.Og_limiter_stat(n.handle, int32(which))
	n.leave(s)
	return number(count, "which")
}

func waited(wait int64) (time.Duration, error) {
	if wait < 0 {
		return 0, fault(int32(wait), "cost or now")
	}
	return time.Duration(wait), nil
}

func standing(s raw.Standing) (Standing, error) {
	if s.Wait < 0 {
		return Standing{}, fault(int32(s.Wait), "cost or now")
	}
	return Standing{time.Duration(s.Wait), s.Limit, s.Remaining, time.Duration(s.ResetAfter)}, nil
}
