// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// A store whose gets hang until they are let go, each telling that it has come.
type hangingBackend struct {
	*mapBackend
	entered, release chan struct{}
}

func (b hangingBackend) Get(key string) ([]byte, error) {
	b.entered <- struct{}{}
	<-b.release
	return b.mapBackend.Get(key)
}

func hanging(t *testing.T, o CachedStoreOptions) (*CachedStore, hangingBackend) {
	b := hangingBackend{&mapBackend{rows: map[string]string{"a": "1", "b": "2", "c": "3"}},
		make(chan struct{}, 100), make(chan struct{})}
	cache, err := NewBytesCache(CacheOptions{})
	made(t, cache, err)
	c, err := NewCachedStore(o, cache, customStore(t, b))
	return made(t, c, err), b
}

// Gets GetContext, and gives it up once the store has been asked.
func abandon(t *testing.T, c *CachedStore, b hangingBackend, key string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-b.entered
		cancel()
	}()
	if _, _, _, err := c.GetContext(ctx, key); err != context.Canceled {
		t.Fatal(err)
	}
}

// Gets that were given up hold no more goroutines than there is room for, others wait for their turn, and
// none is left once the store has answered: their loads are cached.
func TestAbandonedGetsAreBoundedAndEnd(t *testing.T) {
	c, b := hanging(t, CachedStoreOptions{})
	c.cached.getting = make(chan struct{}, 2)
	before := runtime.NumGoroutine()
	abandon(t, c, b, "a")
	abandon(t, c, b, "b")
	if len(c.cached.getting) != 2 {
		t.Fatal("their places were given away under them")
	}
	ctx, cancel := context.WithCancel(context.Background())
	refused := make(chan error)
	go func() {
		_, _, _, err := c.GetContext(ctx, "c")
		refused <- err
	}()
	cancel()
	if err := <-refused; err != context.Canceled || len(b.entered) != 0 {
		t.Fatal("a third get went to the store", err)
	}
	close(b.release)
	if v, found, from, err := c.GetContext(context.Background(), "a"); string(v) != "1" || !found || err != nil {
		t.Fatal(string(v), found, from, err)
	}
	for len(c.cached.getting) > 0 || runtime.NumGoroutine() > before {
		runtime.Gosched()
	}
}

// The key's bytes are the caller's once GetContext has returned, though its get goes on.
func TestAbandonedGetKeepsItsKey(t *testing.T) {
	c, b := hanging(t, CachedStoreOptions{Mode: CachedStoreModeAside})
	key := []byte("a")
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-b.entered
		cancel()
	}()
	if _, _, _, err := c.GetContext(ctx, Key(key)); err != context.Canceled {
		t.Fatal(err)
	}
	key[0] = 'x'
	close(b.release)
	for len(c.cached.getting) > 0 {
		runtime.Gosched()
	}
	if v, found, from, err := c.Get("a"); string(v) != "1" || !found || from != SourceCache || err != nil {
		t.Fatal("the load was cached under another key:", string(v), found, from, err)
	}
}

// Close writes what is buffered before it returns, also under a get that hangs.
func TestCloseFlushesUnderACall(t *testing.T) {
	c, b := hanging(t, CachedStoreOptions{Mode: CachedStoreModeBehind, FlushInterval: time.Hour})
	abandon(t, c, b, "a")
	if err := c.Set("k", []byte("v")); err != nil {
		t.Fatal(err)
	}
	var twice sync.WaitGroup
	twice.Add(1)
	go func() {
		defer twice.Done()
		c.Close()
	}()
	c.Close()
	twice.Wait()
	b.Lock()
	written := b.rows["k"]
	b.Unlock()
	close(b.release)
	if written != "v" {
		t.Fatal("lost: the store has", b.rows)
	}
}

// Close flushes also what a registry keeps, where the store's end is not this handle's.
func TestCloseFlushesWhatMetricsShow(t *testing.T) {
	b := &mapBackend{rows: map[string]string{}}
	cache, err := NewBytesCache(CacheOptions{})
	made(t, cache, err)
	c, err := NewCachedStore(CachedStoreOptions{Mode: CachedStoreModeBehind, FlushInterval: time.Hour}, cache, customStore(t, b))
	made(t, c, err)
	m, err := NewMetrics(MetricsOptions{})
	made(t, m, err)
	if err := m.AddCachedStore("orders", c); err != nil {
		t.Fatal(err)
	}
	c.Set("k", []byte("v"))
	if c.Close(); b.rows["k"] != "v" {
		t.Fatal("lost: the store has", b.rows)
	}
}

// What Close could not write is lost, and said; what Shutdown has said is not said again.
func TestCloseTellsWhatIsLost(t *testing.T) {
	for _, shutDown := range []bool{false, true} {
		b := &mapBackend{rows: map[string]string{}}
		cache, err := NewBytesCache(CacheOptions{})
		made(t, cache, err)
		c, err := NewCachedStore(CachedStoreOptions{Mode: CachedStoreModeBehind, Drain: time.Millisecond}, cache, customStore(t, b))
		if err != nil {
			t.Fatal(err)
		}
		b.err = errBroken
		c.Set("a", []byte("1"))
		c.Set("b", []byte("2"))
		if shutDown {
			done, cancel := context.WithCancel(context.Background())
			cancel()
			if lost, err := c.Shutdown(done); lost != 2 || err != nil {
				t.Fatal(lost, err)
			}
		}
		switch err := c.Close(); {
		case shutDown && err != nil:
			t.Fatal(err)
		case !shutDown && (!errors.Is(err, ErrStore) || !strings.Contains(err.Error(), "closed with 2 writes that had not reached the store")):
			t.Fatal(err)
		}
		if err := c.Close(); err != nil {
			t.Fatal("told twice:", err)
		}
	}
}
