// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
	"testing"
	"time"
)

func hourly(t *testing.T) *RateLimiter {
	l, err := NewRateLimiter(RateLimiterOptions{Rate: "1/h", Burst: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	if !l.Allow("k") {
		t.Fatal("the first did not pass")
	}
	return l
}

func after(t *testing.T, l *RateLimiter) time.Duration {
	wait, err := l.Peek("k", 1)
	if err != nil {
		t.Fatal(err)
	}
	return wait
}

// Who waits holds its turn, and gives it back with its context.
func TestWaitHoldsItsTurnAndGivesItBack(t *testing.T) {
	l := hourly(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- l.Wait(ctx, "k", 1) }()
	for i := 0; after(t, l) <= time.Hour; i++ {
		if i > 5000 {
			t.Fatal("who waits has no turn")
		}
		time.Sleep(time.Millisecond)
	}
	if wait := after(t, l); wait > 2*time.Hour {
		t.Fatal(wait)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if wait := after(t, l); wait > time.Hour {
		t.Fatal("its turn was not given back:", wait)
	}
}

func TestWaitRefusesAtOnceWhatIsTooFarAway(t *testing.T) {
	l := hourly(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var limited *LimitedError
	if err := l.Wait(ctx, "k", 1); !errors.As(err, &limited) || limited.RetryAfter <= time.Minute {
		t.Fatal(err)
	}
	if wait := after(t, l); wait > time.Hour {
		t.Fatal("it took something:", wait)
	}
	if err := l.Wait(context.Background(), "k", 2); !errors.As(err, &limited) {
		t.Fatal(err)
	}
}

func TestWaitersPassInTheirOrder(t *testing.T) {
	l, err := NewRateLimiter(RateLimiterOptions{Rate: "100/s", Burst: 5})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if wait, err := l.Acquire("k", 5); wait != 0 || err != nil {
		t.Fatal(wait, err)
	}
	large, err := l.ReserveSlot("k", 5, Never)
	if err != nil || large.Wait != 0 {
		t.Fatal(large, err)
	}
	last := large
	for i := 0; i < 20; i++ {
		small, err := l.ReserveSlot("k", 1, Never)
		if err != nil || small.Number <= last.Number {
			t.Fatal(small, last, err)
		}
		last = small
	}
	if back, err := l.CancelSlot("k", 5, large.Number); back || err != nil {
		t.Fatal("a turn from the middle was given back", err)
	}
	if back, err := l.CancelSlot("k", 1, last.Number); !back || err != nil {
		t.Fatal(back, err)
	}
	if _, err := l.ReserveSlot("k", 1, -1); !errors.Is(err, ErrInvalidArgument) {
		t.Fatal(err)
	}
	if _, err := l.CancelSlot("k", 1, -1); !errors.Is(err, ErrInvalidArgument) {
		t.Fatal(err)
	}
}

// Of a window, of several rates and of plans there are turns too; of a sketch none.
func TestWaitOverWindowsHasTurns(t *testing.T) {
	for _, options := range []RateLimiterOptions{
		{Rate: "2/50ms", Policy: RateLimiterPolicySlidingWindow},
		{Rate: "2/50ms", Policy: RateLimiterPolicyFixedWindow},
		{Rate: "2/50ms, 100/min"},
		{Rate: "40/s", Plans: "pro=100/s", PlanKeys: 8},
	} {
		l, err := NewRateLimiter(options)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < 6; i++ {
			if err := l.Wait(context.Background(), "k", 1); err != nil {
				t.Fatal(err)
			}
		}
		if slot, err := l.ReserveSlot("k", 1, Never); err != nil || slot.Wait != 0 {
			t.Fatal(options, slot, err)
		}
		l.Close()
	}
	l, err := NewRateLimiter(RateLimiterOptions{Rate: "2/50ms", Policy: RateLimiterPolicyCountMin})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := l.ReserveSlot("k", 1, Never); !errors.Is(err, ErrUnsupported) {
		t.Fatal(err)
	}
}
