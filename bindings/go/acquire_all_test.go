// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"errors"
	"testing"
	"time"
)

func TestAllPartsAreTakenOrNone(t *testing.T) {
	clock, err := NewManualClock(0)
	made(t, clock, err)
	user, err := NewRateLimiter(RateLimiterOptions{Rate: "2/s", Clock: clock})
	made(t, user, err)
	everyone, err := NewRateLimiter(RateLimiterOptions{Rate: "3/h", Clock: clock})
	made(t, everyone, err)
	expect := func(wait time.Duration, which int) func(time.Duration, int, error) {
		return func(w time.Duration, i int, err error) {
			t.Helper()
			if w != wait || i != which || err != nil {
				t.Error(w, i, err, "is not", wait, which)
			}
		}
	}
	parts := []LimitPart{user.Part("a", 1), everyone.Part("", 1)}
	expect(0, -1)(AcquireAll(parts...))
	expect(0, -1)(AcquireAll(parts...))
	expect(time.Second/2, 0)(AcquireAll(parts...))
	expect(19*time.Minute+58*time.Second, 0)(AcquireAllAt(2*time.Second, everyone.Part("", 2), parts[0]))
	expect(Never, 1)(AcquireAll(user.Part("b", 1), everyone.Part("", 4)))
	expect(0, -1)(AcquireAll())
	if n, err := user.Stat(RateLimiterAllowed); n != 2 || err != nil {
		t.Error(n, err)
	}
	for name, wrong := range map[string][]LimitPart{
		"negative": {parts[0], user.Part("b", -1)},
		"many":     make([]LimitPart, 65),
	} {
		if _, _, err := AcquireAll(wrong...); !errors.Is(err, ErrInvalidArgument) {
			t.Error(name, err)
		}
	}
	if _, _, err := AcquireAllAt(-1, parts...); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	if _, which, err := AcquireAll(parts[0], LimitPart{}); err != ErrClosed || which != 1 {
		t.Error(which, err)
	}
	everyone.Close()
	if _, which, err := AcquireAll(parts...); err != ErrClosed || which != 1 {
		t.Error(which, err)
	}
}
