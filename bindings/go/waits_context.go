// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
	"runtime"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// The waits of a store's calls, ended by a context: for a file that another process has locked, for room in a
// buffer, for another's write of the key. What a [Backend] of the program's own waits for is its own to end.
// Each call with a context that can be done costs a goroutine and a locked thread more than the call without.

// SetContext is Set. When ctx is done it waits no longer, changes nothing, and is ctx's error.
func (c *CachedStore) SetContext(ctx context.Context, key string, value []byte) error {
	return until(ctx, func() error { return c.Set(key, value) })
}

// DeleteContext is Delete, in the same way.
func (c *CachedStore) DeleteContext(ctx context.Context, key string) error {
	return until(ctx, func() error { return c.Delete(key) })
}

// PumpContext is Pump. When ctx is done it is how many writes had reached the store by then, and ctx's error.
func (c *CachedStore) PumpContext(ctx context.Context) (stored int64, err error) {
	err = until(ctx, func() error {
		stored, err = c.Pump()
		return err
	})
	if err == nil {
		err = ctx.Err()
	}
	return stored, err
}

// GetContext is Get. When ctx is done it waits no longer for a file that another process has locked.
func (t *Store) GetContext(ctx context.Context, key string) (value []byte, found bool, err error) {
	err = until(ctx, func() error {
		value, found, err = t.Get(key)
		return err
	})
	return value, found, err
}

// SetContext is Set, in the same way.
func (t *Store) SetContext(ctx context.Context, key string, value []byte) error {
	return until(ctx, func() error { return t.Set(key, value) })
}

// DeleteContext is Delete, in the same way.
func (t *Store) DeleteContext(ctx context.Context, key string) error {
	return until(ctx, func() error { return t.Delete(key) })
}

// BatchWriteContext is BatchWrite, in the same way.
func (t *Store) BatchWriteContext(ctx context.Context, batch *Batch) error {
	return until(ctx, func() error { return t.BatchWrite(batch) })
}

// Makes a call, whose waits end when ctx is done.
func until(ctx context.Context, call func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if ctx.Done() == nil {
		return call()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	waits := raw.WaitsBegin()
	defer raw.WaitsEnd(waits)
	returned, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-ctx.Done():
			raw.WaitsInterrupt(waits)
		case <-returned:
		}
	}()
	defer func() {
		close(returned)
		<-watched
	}()
	err := call()
	if errors.Is(err, ErrInterrupted) {
		return ctx.Err()
	}
	return err
}
