// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"fmt"
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// LimitPart is what one limiter is to give for a decision over several: [RateLimiter.Part] makes it, and it
// can be used again.
type LimitPart struct {
	limiter *RateLimiter
	key     string
	cost    int64
}

// Part is what l is to give of the key for [AcquireAll].
func (l *RateLimiter) Part(key string, cost int64) LimitPart { return LimitPart{l, key, cost} }

// AcquireAll is one decision over several limits, such as a user's, a team's and one of all: it takes what
// each is to give, or nothing. It returns the longest of all waits, 0 when the request passed, and the number
// of the part whose that is, -1 when it passed.
//
// Parts for one key of one limiter are one part; there are at most 64. A request that passed counts as
// allowed in each of the limiters; one that was denied counts as denied in the one that is told, and nowhere
// else. At most one of the limiters is a fleet's.
func AcquireAll(parts ...LimitPart) (wait time.Duration, which int, err error) {
	return acquireAll(parts, false, 0)
}

// AcquireAllAt is [AcquireAll] at a time of the limiters' clock.
func AcquireAllAt(now time.Duration, parts ...LimitPart) (wait time.Duration, which int, err error) {
	return acquireAll(parts, true, now)
}

const mostParts = 64

func acquireAll(parts []LimitPart, atTime bool, now time.Duration) (time.Duration, int, error) {
	if len(parts) > mostParts {
		return 0, -1, wrongly("there are more than 64 parts", "parts")
	}
	if now < 0 {
		return 0, -1, wrong("now cannot be ", "now", now)
	}
	var limiters [mostParts]uintptr
	var costs [mostParts]int64
	var keys [mostParts]string
	var inside [mostParts]*stripe
	defer func() {
		for i, s := range inside[:len(parts)] {
			if s != nil {
				(*noun)(parts[i].limiter).leave(s)
			}
		}
	}()
	for i, part := range parts {
		n := (*noun)(part.limiter)
		if inside[i] = n.enter(); inside[i] == nil {
			return 0, i, ErrClosed
		}
		limiters[i], keys[i], costs[i] = n.handle, part.key, part.cost
	}
	answer, which := raw.LimiterAcquireAll(limiters[:len(parts)], keys[:len(parts)], costs[:len(parts)], atTime, int64(now))
	if answer >= 0 {
		if which < 0 {
			which = -1
		}
		return time.Duration(answer), int(which), nil
	}
	if which >= 0 && invalid(answer) {
		return 0, int(which), wrongly(fmt.Sprintf("part %d has a cost of %d", which, costs[which]), "parts")
	}
	return 0, int(which), fault(int32(answer), "now")
}
