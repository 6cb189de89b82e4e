// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"encoding/json"
	"time"
)

// Allow is whether one request of the key passes now, and takes it. A closed limiter lets none pass.
func (l *RateLimiter) Allow(key string) bool {
	wait, err := l.Acquire(key, 1)
	return wait == 0 && err == nil
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
			said, _ := l.RefusalText(wait)
			return &LimitedError{wait, said}
		}
		if err := (*noun)(l).sleep(ctx, wait); err != nil {
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
