// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Allow is whether one request of the key passes now, and takes it. A closed limiter lets none pass.
func (l *RateLimiter) Allow(key string) bool {
	wait, err := l.Acquire(key, 1)
	return wait == 0 && err == nil
}

// Wait blocks until the request passes: in the order of the calls, a large cost among small ones too. It
// returns a [LimitedError] at once when its turn is after ctx's deadline or further away than the option
// MaxWait, or it never passes; ctx's error when that is done, and then its turn is given back. With
// count_min and in a fleet, which have no order, whoever asks first when there is room passes.
func (l *RateLimiter) Wait(ctx context.Context, key string, cost int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	slot, err := l.ReserveSlot(key, cost, patience(ctx))
	if errors.Is(err, ErrUnsupported) {
		return l.attempt(ctx, key, cost)
	}
	if err != nil {
		return err
	}
	if slot.Wait != 0 {
		return l.limited(slot.Wait)
	}
	due := time.Now().Add(slot.After)
	for slot.After > 0 {
		if err := (*noun)(l).sleep(ctx, slot.After); err != nil {
			_, _ = l.CancelSlot(key, cost, slot.Number)
			return err
		}
		if (*noun)(l).closed.Load() {
			return ErrClosed
		}
		slot.After = time.Until(due)
	}
	return nil
}

// Where no turns are given. It takes nothing unless it returns nil.
func (l *RateLimiter) attempt(ctx context.Context, key string, cost int64) error {
	for {
		wait, err := l.Acquire(key, cost)
		if wait == 0 || err != nil {
			return err
		}
		if wait == Never || wait > patience(ctx) {
			return l.limited(wait)
		}
		if err := (*noun)(l).sleep(ctx, wait); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// Hottest is the keys that were denied most, the first the most: in a scope, or where the limiter was made with the option
// hottest. See [RateLimiter.HottestText].
func (l *RateLimiter) Hottest() ([]DeniedKey, error) {
	text, err := l.HottestText()
	var hottest []DeniedKey
	if err == nil {
		err = json.Unmarshal([]byte(text), &hottest)
	}
	return hottest, err
}

func (l *RateLimiter) limited(wait time.Duration) error {
	said, _ := l.RefusalText(wait)
	return &LimitedError{wait, said}
}

// How long until ctx ends.
func patience(ctx context.Context) time.Duration {
	deadline, bounded := ctx.Deadline()
	if !bounded {
		return Never
	}
	if left := time.Until(deadline); left > 0 {
		return left
	}
	return 0
}
