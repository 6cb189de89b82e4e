// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"sync/atomic"
	"testing"
	"time"
)

// A store whose writes hang until they are let go, while it is told to.
type slowBackend struct {
	*mapBackend
	hangs            *atomic.Value
	entered, release chan struct{}
}

func (b slowBackend) Set(key string, value []byte) error {
	if b.hangs.Load() == true {
		b.entered <- struct{}{}
		<-b.release
	}
	return b.mapBackend.Set(key, value)
}

func slow(t *testing.T, o CachedStoreOptions) (*CachedStore, slowBackend) {
	b := slowBackend{&mapBackend{rows: map[string]string{}}, new(atomic.Value), make(chan struct{}, 1), make(chan struct{})}
	b.hangs.Store(true)
	cache, err := NewBytesCache(CacheOptions{})
	made(t, cache, err)
	c, err := NewCachedStore(o, cache, customStore(t, b))
	return made(t, c, err), b
}

// Cancels a call that waits for another, which goes on.
func cancelled(t *testing.T, b slowBackend, other, call func(context.Context) error) {
	t.Helper()
	ended := make(chan error)
	go func() { ended <- other(context.Background()) }()
	<-b.entered
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	begun := time.Now()
	if err := call(ctx); err != context.Canceled || time.Since(begun) > 20*time.Second {
		t.Fatal(err, time.Since(begun))
	}
	if err := call(ctx); err != context.Canceled { // over before it began
		t.Fatal(err)
	}
	b.hangs.Store(false)
	close(b.release)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	again, done := context.WithCancel(context.Background())
	defer done()
	if err := call(again); err != nil {
		t.Fatal(err)
	}
}

func TestAContextEndsAWaitForAnothersWrite(t *testing.T) {
	for _, name := range []string{"set", "delete"} {
		c, b := slow(t, CachedStoreOptions{Mode: "through"})
		cancelled(t, b, func(ctx context.Context) error { return c.SetContext(ctx, "k", []byte("theirs")) },
			func(ctx context.Context) error {
				if name == "delete" {
					return c.DeleteContext(ctx, "k")
				}
				return c.SetContext(ctx, "k", []byte("ours"))
			})
	}
}

func TestAContextEndsAWaitForRoom(t *testing.T) {
	c, b := slow(t, CachedStoreOptions{Mode: "behind", Thread: "none", Full: "block", FullWait: time.Hour, BufferEntries: 1})
	if err := c.Set("a", []byte("v")); err != nil {
		t.Fatal(err)
	}
	pump := func(ctx context.Context) error {
		_, err := c.PumpContext(ctx)
		return err
	}
	c.Flush(canceled()) // due now
	cancelled(t, b, pump, func(ctx context.Context) error { return c.SetContext(ctx, "b", []byte("v")) })
}

func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// One call in another's store: the outer one's context goes on being asked after it.
func TestContextsNest(t *testing.T) {
	c, b := slow(t, CachedStoreOptions{Mode: "through"})
	b.hangs.Store(false)
	inner, err := NewStore(StoreOptions{})
	made(t, inner, err)
	outer, err := NewCustomStore(nestingBackend{b.mapBackend, inner, c}, nil)
	made(t, outer, err)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	b.hangs.Store(true)
	go c.Set("k", []byte("theirs"))
	<-b.entered
	time.AfterFunc(50*time.Millisecond, cancel)
	if err := outer.SetContext(ctx, "x", nil); err == nil || ctx.Err() == nil {
		t.Fatal(err)
	}
	close(b.release)
}

type nestingBackend struct {
	*mapBackend
	inner *Store
	slow  *CachedStore
}

func (b nestingBackend) Set(key string, value []byte) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := b.inner.SetContext(ctx, key, value); err != nil {
		return err
	}
	return b.slow.Set("k", []byte("ours"))
}
