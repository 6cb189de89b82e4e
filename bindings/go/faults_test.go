// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// An error is an error, whatever is in it: one without a status, or with a success's, is the store's.
func TestBackendErrorWithoutAStatus(t *testing.T) {
	b := &mapBackend{rows: map[string]string{}}
	s := customStore(t, b)
	for _, err := range []error{&Error{Message: "full"}, &Error{Status: 7, Message: "odd"},
		fmt.Errorf("wrapped: %w", &Error{})} {
		b.err = err
		if got := s.Set("k", []byte("v")); !errors.Is(got, ErrStore) {
			t.Errorf("%v: %v", err, got)
		}
		if _, _, got := s.Get("k"); !errors.Is(got, ErrStore) {
			t.Errorf("%v: %v", err, got)
		}
	}
}

// So is a panic without a value, which recover does not see before Go 1.21 or where a program asks for that.
func TestBackendPanicsWithNil(t *testing.T) {
	t.Setenv("GODEBUG", "panicnil=1")
	s := customStore(t, &mapBackend{rows: map[string]string{}, before: func() { panic(nil) }})
	if err := s.Set("k", nil); !errors.Is(err, ErrStore) {
		t.Fatal(err)
	}
	if _, _, err := s.Get("k"); !errors.Is(err, ErrStore) {
		t.Fatal(err)
	}
	if err := s.Delete("k"); !errors.Is(err, ErrStore) {
		t.Fatal(err)
	}
}

// However a shard's ask ends, the shard has: a query without a deadline would wait for it for ever.
func TestEveryAskEndsItsShard(t *testing.T) {
	g, err := NewGather(GatherOptions{Named: map[string]string{"deadline_ms": "0"}})
	made(t, g, err)
	for name, of := range map[string]struct {
		ask  func(context.Context, *Query, int32) error
		want string
	}{
		"NUL":     {func(context.Context, *Query, int32) error { return errors.New("no key a\x00b") }, "no key a\\x00b"},
		"UTF-8":   {func(context.Context, *Query, int32) error { return errors.New("no key a\xffb") }, "no key a\uFFFDb"},
		"panics":  {func(context.Context, *Query, int32) error { panic("a\x00\xff") }, "panic: a\\x00\uFFFD"},
		"panic":   {func(context.Context, *Query, int32) error { panic("bad") }, "panic: bad"},
		"status":  {func(context.Context, *Query, int32) error { return &Error{Message: "none"} }, "none"},
		"Goexit":  {func(context.Context, *Query, int32) error { runtime.Goexit(); return nil }, "its goroutine was ended"},
		"no func": {nil, "panic: runtime error: invalid memory address or nil pointer dereference"},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		q, err := g.Run(ctx, []int32{3}, of.ask)
		cancel()
		if err != ErrNotMet {
			t.Fatal(name, err)
		}
		failures, err := q.Failures()
		if err != nil || len(failures) != 1 || failures[0].Reason != StatusStore || failures[0].Message != of.want {
			t.Errorf("%s: %+v %v", name, failures, err)
		}
		q.Close()
	}
}

// Nouns that were never made are closed ones.
func TestZeroValues(t *testing.T) {
	v, c, s := new(Value), new(Cache[string, int]), new(CachedStore)
	if v.Bytes() != nil || v.Len() != 0 || v.Close() != nil || c.Close() != nil || s.Close() != nil {
		t.Error("a zero value")
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	_, _, gotten := c.Get("k")
	_, _, _, got := s.GetContext(ctx, "k")
	for what, err := range map[string]error{
		"get": gotten, "set": second(c.Set("k", 1, 0)), "absent": second(c.SetAbsent("k", 0)),
		"load": second(c.Load(ctx, "k", nil)), "get of a cached store": got,
	} {
		if err != ErrClosed {
			t.Error(what, err)
		}
	}
}

// A goroutine that a backend ends leaves nothing locked: what it was called for has failed, as when it panics.
func TestBackendEndsItsGoroutine(t *testing.T) {
	for _, mode := range []CachedStoreMode{CachedStoreModeAside, CachedStoreModeThrough, CachedStoreModeBehind} {
		b := &mapBackend{rows: map[string]string{}}
		cache, err := NewBytesCache(CacheOptions{Lease: time.Hour})
		made(t, cache, err)
		c, err := NewCachedStore(CachedStoreOptions{Mode: mode, Wait: time.Hour, RetryAttempts: 1, RetryBase: time.Millisecond},
			cache, customStore(t, b))
		made(t, c, err)
		for what, call := range map[string]func(){
			"set":    func() { c.Set("k", []byte("1")); c.Pump() },
			"delete": func() { c.Delete("k"); c.Flush(context.Background()) },
			"get":    func() { c.Get("other") },
		} {
			b.before = func() { runtime.Goexit() }
			ended := make(chan bool)
			go func() {
				defer close(ended)
				call()
				if mode != CachedStoreModeBehind || what == "get" {
					t.Error(mode, what, "went on")
				}
			}()
			<-ended
			b.before = nil
		}
		done := make(chan error)
		go func() { done <- c.Set("k", []byte("2")) }()
		select {
		case err := <-done:
			if err != nil {
				t.Error(mode, err)
			}
		case <-time.After(20 * time.Second):
			t.Fatal(mode, "the key is locked")
		}
		if _, found, _, err := c.Get("other"); found || err != nil {
			t.Error(mode, found, err)
		}
		if left, err := c.Flush(context.Background()); left != 0 || err != nil || b.rows["k"] != "2" {
			t.Error(mode, left, err, b.rows)
		}
	}
}

// A backend that writes the key which it is asked to write is told so, and does not wait for itself.
func TestBackendThatCallsBack(t *testing.T) {
	b := &mapBackend{rows: map[string]string{}}
	cache, err := NewBytesCache(CacheOptions{})
	made(t, cache, err)
	outer := &backendOf{get: b.Get, remove: b.Delete}
	c, err := NewCachedStore(CachedStoreOptions{Mode: CachedStoreModeThrough}, cache, customStore(t, outer))
	made(t, c, err)
	var inner error
	outer.set = func(key string, value []byte) error {
		if key == "k" {
			inner = c.Set("k", value)
			if err := c.Set("index", value); err != nil {
				return err
			}
		}
		return b.Set(key, value)
	}
	if err := c.Set("k", []byte("v")); err != nil || b.rows["k"] != "v" || b.rows["index"] != "v" {
		t.Fatal(err, b.rows)
	}
	if !errors.Is(inner, ErrInvalidArgument) || !strings.Contains(inner.Error(), "wrote that key") {
		t.Fatal(inner)
	}
}

// A backend of functions.
type backendOf struct {
	get    func(string) ([]byte, error)
	set    func(string, []byte) error
	remove func(string) error
}

func (b *backendOf) Get(key string) ([]byte, error)     { return b.get(key) }
func (b *backendOf) Set(key string, value []byte) error { return b.set(key, value) }
func (b *backendOf) Delete(key string) error            { return b.remove(key) }

// What was written while Shutdown flushed is flushed too: it was taken, so it is not to be lost.
func TestShutdownFlushesWhatComesMeanwhile(t *testing.T) {
	b := &mapBackend{rows: map[string]string{}}
	cache, err := NewBytesCache(CacheOptions{})
	made(t, cache, err)
	c, err := NewCachedStore(CachedStoreOptions{Mode: CachedStoreModeBehind, FlushInterval: time.Hour}, cache, customStore(t, b))
	made(t, c, err)
	c.Set("a", []byte("1"))
	b.before = func() { // the flush has come to "a"
		b.before = nil
		set := make(chan error)
		go func() { set <- c.Set("b", []byte("2")) }()
		if err := <-set; err != nil {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if lost, err := c.Shutdown(ctx); lost != 0 || err != nil || b.rows["b"] != "2" {
		t.Fatal(lost, err, b.rows)
	}
}

// A write that panicked may have been applied, as one that failed: what is cached of the key is invalid.
func TestServiceWriteThatPanicsInvalidates(t *testing.T) {
	v, err := NewService(ServiceOptions{Cache: &CacheOptions{}, Clock: manual(t)})
	made(t, v, err)
	row := "old"
	read := func() string {
		data, err := v.Read(context.Background(), "", "k", func(context.Context, int32, int32) ([]byte, error) { return []byte(row), nil })
		return text(data, err)
	}
	read()
	func() {
		defer func() {
			if recover() != "after the commit" {
				t.Error("the panic is the caller's")
			}
		}()
		v.Write(context.Background(), "", "k", func(context.Context, int32, int32) error {
			row = "new"
			panic("after the commit")
		})
	}()
	if got := read(); got != "new" {
		t.Fatal("read", got)
	}
	for which, want := range map[ServiceStat]int64{ServiceInFlight: 0, ServiceFailures: 1, ServiceCancelled: 0} {
		if got, _ := v.Stat(which); got != want {
			t.Errorf("stat %d: %d, not %d", which, got, want)
		}
	}
}

func TestALimitIsTriedBeforeItHolds(t *testing.T) {
	trial, err := NewRateLimiter(RateLimiterOptions{
		Rate: "1/h", Hottest: true, Clock: manual(t), Named: map[string]string{"enforce_percent": "0"},
	})
	l := made(t, trial, err)
	for i := 0; i < 3; i++ {
		if !l.Allow("ann") {
			t.Fatal("denied")
		}
	}
	if spared, _ := l.Stat(RateLimiterSpared); spared != 2 {
		t.Errorf("spared: %d, not 2", spared)
	}
	if hottest, err := l.Hottest(); err != nil || len(hottest) != 1 || hottest[0] != (DeniedKey{"ann", 2}) {
		t.Errorf("hottest: %v, %v", hottest, err)
	}
	plain := limiter(t, "1/h")
	var failed *Error
	if _, err := plain.Hottest(); !errors.As(err, &failed) || failed.Option != "hottest" {
		t.Errorf("not noted: %v", err)
	}
}

// Who waits for a limiter that is closed is told at once, not once its turn would have come.
func TestClosingALimiterEndsItsWaits(t *testing.T) {
	l := limiter(t, "1/h")
	l.Allow("k")
	const waiters = 3
	ended := make(chan error, waiters)
	for i := 0; i < waiters; i++ {
		go func() { ended <- l.Wait(context.Background(), "k", 1) }()
	}
	for (*noun)(l).loadWaiters().waiting.Load() < waiters {
		runtime.Gosched()
	}
	l.Close()
	for i := 0; i < waiters; i++ {
		select {
		case err := <-ended:
			if err != ErrClosed {
				t.Fatal(err)
			}
		case <-time.After(5 * time.Second):
			t.Fatal("it waits on")
		}
	}
}

// No keys at all are no error.
func TestManyOfNone(t *testing.T) {
	n := everyNoun(t)
	if passed, err := n.limiter.AcquireMany(nil, nil, nil); passed != 0 || err != nil {
		t.Error("AcquireMany", passed, err)
	}
	if passed, err := n.limiter.AcquireManyAt([]string{}, []int64{}, 0, nil); passed != 0 || err != nil {
		t.Error("AcquireManyAt", passed, err)
	}
	if all, err := n.cache.GetMany(nil); len(all) != 0 || err != nil {
		t.Error("GetMany", all, err)
	}
	for what, err := range map[string]error{"PickMany": n.balancer.PickMany(nil, nil), "OfMany": n.shards.OfMany(nil, nil),
		"OfInt64Many": n.shards.OfInt64Many(nil, nil), "ReadMany": n.replicas.ReadMany(nil),
		"RowMany": second(n.query.RowMany(0, nil, nil)), "Learn": second(n.autoscaler.Learn(nil, nil))} {
		if err != nil && !errors.Is(err, ErrUnsupported) {
			t.Error(what, err)
		}
	}
	n.limiter.Close()
	if _, err := n.limiter.AcquireMany(nil, nil, nil); err != ErrClosed {
		t.Error(err)
	}
}

// An empty value is a value.
func TestEmptyValueIsNotNil(t *testing.T) {
	n := everyNoun(t)
	n.cache.Set("k", nil, 0)
	v, outcome, err := n.cache.Pin("k")
	made(t, v, err)
	if outcome != StatusOK || v.Bytes() == nil || len(v.Bytes()) != 0 {
		t.Error(outcome, v.Bytes())
	}
	seen := false
	n.cache.View("k", func(value []byte) { seen = value != nil && len(value) == 0 })
	if !seen {
		t.Error("View has nil for it")
	}
}
