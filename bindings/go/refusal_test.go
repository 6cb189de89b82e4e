// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestARefusalNamesTheNounThatWasGivenAName(t *testing.T) {
	ctx, none := context.Background(), func(context.Context) error { return nil }
	clock, err := NewManualClock(0)
	made(t, clock, err)
	limiter, err := NewRateLimiter(RateLimiterOptions{Rate: "1/s", Name: "logins", Clock: clock})
	made(t, limiter, err)
	breaker, err := NewCircuitBreaker(CircuitBreakerOptions{Name: "payments", Clock: clock})
	made(t, breaker, err)
	full, err := NewConcurrencyLimiter(ConcurrencyLimiterOptions{Limit: 1, Name: "uploads"})
	made(t, full, err)
	said := func(err, is error, wanted string) {
		t.Helper()
		if !errors.Is(err, is) || err.Error() != wanted {
			t.Error(err)
		}
	}
	said(limiter.Wait(ctx, "a", 2), ErrLimited, "outgrow: over the rate limit 'logins'; it never passes")
	if text, err := limiter.RefusalText(250 * time.Millisecond); err != nil ||
		text != "over the rate limit 'logins'; try again in 0.25 s" {
		t.Error(text, err)
	}
	if err := breaker.ForceOpen(); err != nil {
		t.Fatal(err)
	}
	said(breaker.Do(ctx, none), ErrOpen,
		"outgrow: the circuit breaker 'payments' is open; it stays so until it is reset")
	err = full.Do(ctx, func(ctx context.Context) error { return full.Do(ctx, none) })
	said(err, ErrFull, "outgrow: as many calls are in flight as may be in 'uploads'")
	var isFull *FullError
	if !errors.As(err, &isFull) || isFull.Message == "" {
		t.Error(err)
	}
	said(&LimitedError{RetryAfter: time.Second}, ErrLimited,
		"outgrow: over the rate limit; try again in 1s")
}
