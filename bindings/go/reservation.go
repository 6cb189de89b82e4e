// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"sync/atomic"
	"time"
)

// Reservation is the number of what [RateLimiter.TryReserve] took on an estimate; 0 is none.
type Reservation int64

// Reserved is what [RateLimiter.Reserve] took of a key, to be settled once. It is safe from every goroutine.
type Reserved struct {
	limiter *RateLimiter
	key     string
	number  atomic.Int64 // 0 once it has ended
}

// Reserve takes amount on an estimate for up to within, 0 for a minute, or returns a [LimitedError]. What it
// returns is to be settled with what it cost:
//
//	reserved, err := limiter.Reserve(user, 500, 0)
//	if err != nil {
//		return err
//	}
//	defer reserved.Cancel() // unless it is settled
//	...
//	reserved.Settle(321)
func (l *RateLimiter) Reserve(key string, amount int64, within time.Duration) (*Reserved, error) {
	number, err := l.TryReserve(key, amount, within)
	if err != nil {
		return nil, err
	}
	if number == 0 {
		wait, err := l.Peek(key, amount)
		if err != nil {
			return nil, err
		}
		said, _ := l.RefusalText(wait)
		return nil, &LimitedError{wait, said}
	}
	reserved := &Reserved{limiter: l, key: key}
	reserved.number.Store(int64(number))
	return reserved, nil
}

// Settle says what it cost: what was not used comes back, what is more is taken be it there or not. Where the
// time of the reservation was over, the whole cost is charged. It returns whether the reservation still
// stood; a second settlement does nothing.
func (r *Reserved) Settle(actual int64) (bool, error) {
	if actual < 0 {
		return false, wrong("actual cannot be ", "actual", actual)
	}
	number := r.number.Swap(0)
	if number == 0 {
		return false, nil
	}
	stood, err := r.limiter.Settle(Reservation(number), actual)
	if err == nil && !stood {
		_, err = r.limiter.Charge(r.key, actual)
	}
	return stood, err
}

// Cancel says that it did not happen and cost nothing. It returns whether the reservation still stood.
func (r *Reserved) Cancel() (bool, error) {
	number := r.number.Swap(0)
	if number == 0 {
		return false, nil
	}
	return r.limiter.Cancel(Reservation(number))
}
