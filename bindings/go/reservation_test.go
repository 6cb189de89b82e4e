// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"errors"
	"testing"
	"time"
)

func TestAReservationIsSettledOnce(t *testing.T) {
	clock, err := NewManualClock(0)
	made(t, clock, err)
	limiter, err := NewRateLimiter(RateLimiterOptions{Rate: "10/10s", Reservations: 4, MaxDebt: 10, Clock: clock})
	made(t, limiter, err)
	left := func(wanted int64) {
		t.Helper()
		standing, err := limiter.Standing("k")
		if err != nil || standing.Remaining != wanted {
			t.Error(standing.Remaining, err)
		}
	}
	reserved, err := limiter.Reserve("k", 6, 0)
	if err != nil {
		t.Fatal(err)
	}
	var limited *LimitedError
	if _, err := limiter.Reserve("k", 7, 0); !errors.As(err, &limited) || limited.RetryAfter != 3*time.Second {
		t.Error(err)
	}
	if stood, err := reserved.Settle(-1); stood || !errors.Is(err, ErrInvalidArgument) {
		t.Error(stood, err)
	}
	if stood, err := reserved.Settle(2); !stood || err != nil {
		t.Error(stood, err)
	}
	if stood, err := reserved.Cancel(); stood || err != nil {
		t.Error(stood, err)
	}
	left(8)
	late, err := limiter.Reserve("k", 5, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	clock.Advance(2 * time.Second)
	if stood, err := late.Settle(4); stood || err != nil {
		t.Error(stood, err)
	}
	left(6)
	cancelled, err := limiter.Reserve("k", 5, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if stood, err := cancelled.Cancel(); !stood || err != nil {
		t.Error(stood, err)
	}
	left(6)
}
