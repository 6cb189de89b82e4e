// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"
)

// After all tests nothing is left open, in builds that know.
func TestMain(m *testing.M) {
	code := m.Run()
	for _, leak := range Leaks() {
		println("not closed:", leak)
		code = 1
	}
	os.Exit(code)
}

// A noun that is made or the test ends, closed at its end.
func made[N interface{ Close() error }](t testing.TB, noun N, err error) N {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { noun.Close() })
	return noun
}

func manual(t testing.TB) *Clock {
	c, err := NewManualClock(0)
	return made(t, c, err)
}

func limiter(t testing.TB, rate string) *RateLimiter {
	l, err := NewRateLimiter(RateLimiterOptions{Rate: rate, Clock: manual(t)})
	return made(t, l, err)
}

func TestCloseIsIdempotentAndUseAfterIsErrClosed(t *testing.T) {
	l := limiter(t, "5/s")
	for i := 0; i < 3; i++ {
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Acquire("alice", 1); err != ErrClosed {
		t.Fatal(err)
	}
	var none *RateLimiter
	if _, err := none.Acquire("alice", 1); err != ErrClosed {
		t.Fatal(err)
	}
	if err := none.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := new(RateLimiter).Acquire("alice", 1); err != ErrClosed {
		t.Fatal(err)
	}
}

// A noun closed while others are in it: every call answers or says ErrClosed, and the handle goes once.
func TestCloseWhileUsed(t *testing.T) {
	rounds := 200
	if testing.Short() {
		rounds = 20
	}
	for round := 0; round < rounds; round++ {
		gone := make(chan struct{}, 16)
		c, err := NewBytesCache(CacheOptions{CapacityBytes: 1 << 16})
		if err != nil {
			t.Fatal(err)
		}
		n := (*noun)(c)
		destroy := n.destroy
		n.destroy = func(handle uintptr) {
			destroy(handle)
			gone <- struct{}{}
		}
		var users sync.WaitGroup
		for user := 0; user < 4; user++ {
			users.Add(1)
			go func() {
				defer users.Done()
				for {
					_, err := c.Set("k", []byte("v"), 0)
					if errors.Is(err, ErrClosed) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					v, _, _ := c.Pin("k")
					_ = v.Bytes()
					v.Close()
				}
			}()
		}
		runtime.Gosched()
		c.Close()
		users.Wait()
		<-gone
		if len(gone) != 0 {
			t.Fatal("destroyed twice")
		}
	}
}

// Closed with a call inside, the handle lives until that call leaves; those that come later find it closed.
func TestTheLastToLeaveDestroys(t *testing.T) {
	destroyed := 0
	n := own("Held", 1, func(uintptr) { destroyed++ })
	first, second := n.enter(), n.enter()
	n.close()
	if destroyed != 0 || n.enter() != nil {
		t.Fatal("destroyed under a call")
	}
	n.leave(first)
	if destroyed != 0 {
		t.Fatal("destroyed under the second call")
	}
	n.leave(second)
	n.close()
	if destroyed != 1 {
		t.Fatal("destroyed", destroyed, "times")
	}
}

// Each counter has a cache line to itself, also apart from what every call reads.
func TestCountersHaveLinesOfTheirOwn(t *testing.T) {
	const line = 64
	n := own("Lines", 1, func(uintptr) {})
	defer n.close()
	lines := map[uintptr]string{}
	for what, at := range map[string]unsafe.Pointer{"handle": unsafe.Pointer(&n.handle), "closed": unsafe.Pointer(&n.closed),
		"cached": unsafe.Pointer(&n.cached)} {
		lines[uintptr(at)/line] = what
	}
	for i := range n.inside {
		at := uintptr(unsafe.Pointer(&n.inside[i].calls)) / line
		if lines[at] != "" {
			t.Errorf("counter %d shares its line with %s", i, lines[at])
		}
		lines[at] = "another"
	}
}

func TestForgottenNounsAreDestroyed(t *testing.T) {
	gone := make(chan struct{}, 1)
	func() {
		n := own("Forgotten", 1, func(uintptr) { gone <- struct{}{} })
		if n.enter() == nil {
			t.Fatal("closed")
		}
	}()
	for i := 0; i < 100; i++ {
		runtime.GC()
		select {
		case <-gone:
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatal("the finalizer did not run")
}

// A million nouns made and closed leave nothing behind.
func TestMillionNounsHoldMemoryFlat(t *testing.T) {
	cycles := 1000000
	if testing.Short() || raceEnabled {
		cycles = 20000
	}
	cycle := func(count int) {
		for i := 0; i < count; i++ {
			var c interface{ Close() error }
			var err error
			if i%2 == 0 {
				c, err = NewCircuitBreaker(CircuitBreakerOptions{})
			} else {
				c, err = NewRateLimiter(RateLimiterOptions{Rate: "5/s", Keys: 1})
			}
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
		}
	}
	cycle(cycles / 10)
	before := resident(t)
	cycle(cycles)
	if grown := resident(t) - before; grown > 8<<20 {
		t.Fatalf("%d bytes more after %d cycles", grown, cycles)
	}
}

func resident(t *testing.T) int64 {
	runtime.GC()
	status, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no /proc")
	}
	pages, _ := strconv.ParseInt(strings.Fields(string(status))[1], 10, 64)
	return pages * int64(os.Getpagesize())
}
