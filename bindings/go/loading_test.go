// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"
)

// One goroutine that loads the key until released, and others that wait for it. What they got.
type waitedLoad struct {
	release chan error
	got     chan string
}

func text(v []byte, err error) string {
	if err != nil {
		return err.Error()
	}
	return string(v)
}

// Starts a load, and then those who wait for it, each until it has joined.
func startLoad(t *testing.T, n *noun, waiters int, load func(func(context.Context) ([]byte, error)) ([]byte, error)) waitedLoad {
	l := waitedLoad{make(chan error), make(chan string, waiters)}
	started := make(chan struct{})
	go load(func(context.Context) ([]byte, error) {
		close(started)
		return []byte("v"), <-l.release
	})
	<-started
	for i := 0; i < waiters; i++ {
		go func() {
			l.got <- text(load(func(context.Context) ([]byte, error) { return []byte("mine"), nil }))
		}()
	}
	for joined(n.loadWaiters(), "k") < waiters {
		runtime.Gosched()
	}
	return l
}

// How many wait for a load of the key that runs here, or ran.
func joined(w *loadWaiters, key string) int {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if k := w.keys[key]; k != nil {
		return k.waiting
	}
	return 0
}

func (l waitedLoad) wants(t *testing.T, waiters int, want string) {
	t.Helper()
	for i := 0; i < waiters; i++ {
		if got := <-l.got; got != want {
			t.Fatal(got)
		}
	}
}

func loadOf(c *BytesCache) func(func(context.Context) ([]byte, error)) ([]byte, error) {
	return func(load func(context.Context) ([]byte, error)) ([]byte, error) {
		return c.Load(context.Background(), "k", load)
	}
}

// Who waits asks before it joins and after it, and then sleeps until the load ends.
func TestWaitersDoNotPoll(t *testing.T) {
	asleep(t)
	c, err := NewBytesCache(CacheOptions{Lease: time.Hour})
	made(t, c, err)
	const waiters = 4
	l := startLoad(t, (*noun)(c), waiters, loadOf(c))
	l.release <- nil
	l.wants(t, waiters, "v")
	if waits, err := c.Stat(CacheWaits); waits > 2*waiters || err != nil {
		t.Fatal("asked", waits, "times", err)
	}
	if w := (*noun)(c).loadWaiters(); w.waiting.Load() != 0 || len(w.keys) != 0 {
		t.Fatal("left behind:", w.waiting.Load(), w.keys)
	}
}

// How long they sleep at most: for a load of this noun's longer than for one that will not wake them, never
// beyond the lease by much.
func TestPause(t *testing.T) {
	for _, of := range []struct {
		lease time.Duration
		here  bool
		want  time.Duration
	}{
		{time.Hour, true, askAgainHere}, {20 * time.Millisecond, true, 20 * time.Millisecond}, {0, true, time.Millisecond},
		{time.Hour, false, askAgainElsewhere}, {40 * time.Millisecond, false, 5 * time.Millisecond}, {0, false, time.Millisecond},
	} {
		if got := pause(of.lease, of.here); got != of.want {
			t.Error(of, got)
		}
	}
}

// Every way in which a key changes ends the waiting for it, long before the waiters would ask by
// themselves: the lease stands for an hour, and asking again is an hour away too.
func TestEveryChangeWakes(t *testing.T) {
	asleep(t)
	for name, change := range map[string]func(c *BytesCache, l waitedLoad) string{
		"fill":   func(c *BytesCache, l waitedLoad) string { l.release <- nil; return "v" },
		"absent": func(c *BytesCache, l waitedLoad) string { l.release <- ErrAbsent; return ErrAbsent.Error() },
		"failed": func(c *BytesCache, l waitedLoad) string { l.release <- errBroken; return errBroken.Error() },
		"set":    func(c *BytesCache, l waitedLoad) string { c.Set("k", []byte("set"), 0); return "set" },
		"set at": func(c *BytesCache, l waitedLoad) string { c.SetAt("k", []byte("set"), 0, 0); return "set" },
		"weighted": func(c *BytesCache, l waitedLoad) string {
			c.SetWeighted("k", []byte("set"), 0, 9)
			return "set"
		},
		"set absent": func(c *BytesCache, l waitedLoad) string {
			c.SetAbsent("k", 0)
			return ErrAbsent.Error()
		},
		"delete": func(c *BytesCache, l waitedLoad) string { c.Delete("k"); return "mine" },
		"clear":  func(c *BytesCache, l waitedLoad) string { c.Clear(); return "mine" },
		"close":  func(c *BytesCache, l waitedLoad) string { c.Close(); return ErrClosed.Error() },
	} {
		t.Run(name, func(t *testing.T) {
			c, err := NewBytesCache(CacheOptions{Lease: time.Hour, Clock: manual(t)})
			made(t, c, err)
			l := startLoad(t, (*noun)(c), 3, loadOf(c))
			want := change(c, l)
			l.wants(t, 3, want)
			close(l.release)
		})
	}
}

// For the length of a test nobody asks again by itself.
func asleep(t *testing.T) {
	elsewhere, here := askAgainElsewhere, askAgainHere
	askAgainElsewhere, askAgainHere = time.Hour, time.Hour
	t.Cleanup(func() { askAgainElsewhere, askAgainHere = elsewhere, here })
}

// A lease taken by hand is filled by hand: that wakes too, and another handle's fill is found by asking.
func TestWaitersFindWhatOthersFill(t *testing.T) {
	v, err := NewService(ServiceOptions{Cache: &CacheOptions{}})
	made(t, v, err)
	c, err := v.Cache()
	made(t, c, err)
	other, err := v.Cache()
	made(t, other, err)
	for _, filler := range []*BytesCache{c, other} {
		c.Clear()
		leased, _ := filler.GetOrLease("k")
		got := make(chan string)
		go func() {
			got <- text(c.Load(context.Background(), "k", nil))
		}()
		for (*noun)(c).loadWaiters().waiting.Load() == 0 {
			runtime.Gosched()
		}
		if outcome, err := filler.Fill("k", leased.Lease, []byte("v"), 0); outcome != StatusOK || err != nil {
			t.Fatal(outcome, err)
		}
		if got := <-got; got != "v" {
			t.Fatal(got)
		}
	}
}

// A waiter whose context ends leaves at once, and nothing of it stays.
func TestWaiterGivesUp(t *testing.T) {
	asleep(t)
	c, err := NewBytesCache(CacheOptions{Lease: time.Hour})
	made(t, c, err)
	ctx, cancel := context.WithCancel(context.Background())
	cause := make(chan error)
	leased, _ := c.GetOrLease("k")
	go func() {
		_, err := c.Load(ctx, "k", nil)
		cause <- err
	}()
	for (*noun)(c).loadWaiters().waiting.Load() == 0 {
		runtime.Gosched()
	}
	cancel()
	if err := <-cause; err != context.Canceled {
		t.Fatal(err)
	}
	if w := (*noun)(c).loadWaiters(); w.waiting.Load() != 0 || len(w.keys) != 0 {
		t.Fatal("left behind:", w.keys)
	}
	c.GiveUp("k", leased.Lease)
}

// A service's reads wait as a cache's do, and pay the client's rate once, however long they wait.
func TestServiceReadWaits(t *testing.T) {
	asleep(t)
	v, err := NewService(ServiceOptions{Limiter: &RateLimiterOptions{Rate: "4/h"}, Cache: &CacheOptions{Lease: time.Hour},
		Clock: manual(t)})
	made(t, v, err)
	read := func(load func(context.Context) ([]byte, error)) ([]byte, error) {
		return v.Read(context.Background(), "alice", "k", func(ctx context.Context, _, _ int32) ([]byte, error) { return load(ctx) })
	}
	l := startLoad(t, (*noun)(v), 3, read)
	l.release <- nil
	l.wants(t, 3, "v")
	var limited *LimitedError
	if _, err := read(nil); !errors.As(err, &limited) {
		t.Fatal("four reads took less than four:", err)
	}
}

// A read that fails is a failure of those who wait for it; a write of the key hands the load to one of them.
func TestServiceWaitersTakeOver(t *testing.T) {
	asleep(t)
	for want, end := range map[string]func(v *Service, l waitedLoad){
		errBroken.Error(): func(_ *Service, l waitedLoad) { l.release <- errBroken },
		"mine": func(v *Service, l waitedLoad) {
			v.Write(context.Background(), "", "k", func(context.Context, int32, int32) error { return nil })
		},
	} {
		t.Run(want, func(t *testing.T) {
			v, err := NewService(ServiceOptions{Cache: &CacheOptions{Lease: time.Hour}, Clock: manual(t)})
			made(t, v, err)
			l := startLoad(t, (*noun)(v), 3, func(load func(context.Context) ([]byte, error)) ([]byte, error) {
				return v.Read(context.Background(), "", "k", func(ctx context.Context, _, _ int32) ([]byte, error) { return load(ctx) })
			})
			end(v, l)
			l.wants(t, 3, want)
			close(l.release)
		})
	}
}

// Many keys, many goroutines, loads that fail now and then: everyone gets an answer, nothing is left.
func TestManyLoads(t *testing.T) {
	asleep(t)
	c, err := NewBytesCache(CacheOptions{Lease: time.Hour})
	made(t, c, err)
	var all sync.WaitGroup
	for g := 0; g < 8; g++ {
		all.Add(1)
		go func(g int) {
			defer all.Done()
			for i := 0; i < 500; i++ {
				key := strconv.Itoa(i % 7)
				v, err := c.Load(context.Background(), key, func(context.Context) ([]byte, error) {
					runtime.Gosched()
					if (i+g)%3 == 0 {
						return nil, errBroken
					}
					return []byte(key), nil
				})
				if err != errBroken && (err != nil || string(v) != key) {
					t.Error(string(v), err)
				}
				if i%5 == 0 {
					c.Delete(key)
				}
			}
		}(g)
	}
	all.Wait()
	if w := (*noun)(c).loadWaiters(); w.waiting.Load() != 0 || len(w.keys) != 0 {
		t.Fatal("left behind:", w.keys)
	}
}

// A cache that is closed while some load and others wait: all of them leave.
func TestCloseWhileLoading(t *testing.T) {
	asleep(t)
	for round := 0; round < 50; round++ {
		c, err := NewBytesCache(CacheOptions{Lease: time.Hour})
		made(t, c, err)
		var all sync.WaitGroup
		for g := 0; g < 4; g++ {
			all.Add(1)
			go func() {
				defer all.Done()
				for err := error(nil); err == nil || err == errBroken; {
					_, err = c.Load(context.Background(), "k", func(context.Context) ([]byte, error) {
						runtime.Gosched()
						return nil, errBroken
					})
				}
			}()
		}
		runtime.Gosched()
		c.Close()
		all.Wait()
	}
}
