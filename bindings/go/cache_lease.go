// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
	"time"
)

// Leased is the answer of GetOrLease.
type Leased struct {
	// OK: Value is fresh. Absent: the key is known not to exist. Stale: Value is past its time to live,
	// and another caller is loading it. Wait: another caller is loading it, ask again. Miss: load it and
	// fill Lease.
	Outcome Status
	Lease   Lease         // with Miss
	Value   []byte        // with OK and Stale; with Miss a stale value to use meanwhile, or nil
	Wait    time.Duration // how long the other caller's lease still stands
}

// Load is the value, from the cache or else from load, which one caller runs at a time for a key; the
// others wait for it, or take a stale value if the option Stale allows. load returns [ErrAbsent] for a
// key that does not exist, which is cached too and is the error of Load. Other errors, and a load that
// panics, give the lease back; whoever waited for it gets the same error ([ErrInternal] for a panic), unless
// it is that the loader's own ctx was done. It returns ctx's error when that is done while another loads.
// Who waits for a load of this BytesCache's is woken at its end; for one of another process or handle, it
// asks every few milliseconds. A load that asks for its own key with the context that it got is told so, by
// [ErrInvalidArgument]; with another context it waits for itself until its lease falls.
func (c *BytesCache) Load(ctx context.Context, key string, load func(context.Context) ([]byte, error)) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l, err := c.GetOrLease(key)
	if err == nil && l.Outcome == StatusWait {
		err = (*noun)(c).await(ctx, key, func() (time.Duration, Status, error) {
			var err error
			l, err = c.GetOrLease(key)
			return l.Wait, l.Outcome, err
		})
		if err != nil && l.Outcome == StatusMiss {
			c.GiveUp(key, l.Lease)
		}
	}
	switch {
	case err != nil:
		return nil, err
	case l.Outcome == StatusAbsent:
		return nil, ErrAbsent
	case l.Outcome == StatusMiss:
		return c.fillWith(ctx, key, l.Lease, load)
	}
	return l.Value, nil
}

func (c *BytesCache) fillWith(ctx context.Context, key string, lease Lease, load func(context.Context) ([]byte, error)) ([]byte, error) {
	loading, here := (*noun)(c).loadWaiters().begin(ctx, key)
	settled, returned := false, false
	defer func() {
		if !returned {
			here.fail(ctx, errNotReturned)
		}
		if !settled {
			c.GiveUp(key, lease)
		}
		here.end()
	}()
	value, err := load(loading)
	returned = true
	switch {
	case err == nil:
		_, err = c.Fill(key, lease, value, DefaultTTL)
		settled = err == nil
		return value, nil // loaded is loaded, whether it was cached or not
	case errors.Is(err, ErrAbsent):
		_, failed := c.FillAbsent(key, lease, DefaultTTL)
		settled = failed == nil
	default:
		here.fail(ctx, err)
	}
	return nil, err
}
