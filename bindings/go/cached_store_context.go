// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"strings"
)

// What a cached store has beyond its handle.
type cachedState struct {
	getting chan struct{} // holds one for each get that a context can end
}

// A get that waits in the library holds a thread of the system's, and goes on when its caller has left. Go
// ends a program that has 10000 threads: a store that hangs must not lead there.
const mostGetting = 1024

// GetContext is Get, given up when ctx is done; the load goes on and is cached. When ctx can be done it
// costs a goroutine more than Get, which lasts until the store has answered: 1024 at most, beyond which a
// call waits for its turn.
func (c *CachedStore) GetContext(ctx context.Context, key string) (value []byte, found bool, from Source, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, 0, err
	}
	if ctx.Done() == nil || c == nil || c.cached == nil {
		return c.Get(key)
	}
	getting := c.cached.getting
	select {
	case getting <- struct{}{}:
	case <-ctx.Done():
		return nil, false, 0, ctx.Err()
	}
	type answer struct {
		value []byte
		found bool
		from  Source
		err   error
	}
	answers := make(chan answer, 1)
	key = strings.Clone(key) // a [Key] is the caller's again once this returns
	go func() {
		a := answer{err: errNotReturned} // a Backend may end the goroutine
		defer func() {
			<-getting
			answers <- a
		}()
		a.value, a.found, a.from, a.err = c.Get(key)
	}()
	select {
	case a := <-answers:
		return a.value, a.found, a.from, a.err
	case <-ctx.Done():
		return nil, false, 0, ctx.Err()
	}
}
