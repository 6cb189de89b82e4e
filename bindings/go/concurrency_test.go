// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func concurrency(t testing.TB, o ConcurrencyLimiterOptions) *ConcurrencyLimiter {
	c, err := NewConcurrencyLimiter(o)
	return made(t, c, err)
}

func TestDoHoldsAPermit(t *testing.T) {
	c := concurrency(t, ConcurrencyLimiterOptions{Limit: 1})
	ctx, cancel := context.WithCancel(context.Background())
	inFlight := func() int64 {
		n, err := c.InFlight()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	failed := errors.New("down")
	err := c.Do(ctx, func(ctx context.Context) error {
		if n := inFlight(); n != 1 {
			t.Error(n)
		}
		if err := c.Do(ctx, func(context.Context) error { panic("runs") }); !errors.Is(err, ErrFull) {
			t.Error(err)
		}
		return failed
	})
	if err != failed || inFlight() != 0 {
		t.Error(err, inFlight())
	}
	func() {
		defer func() { recover() }()
		c.Do(ctx, func(context.Context) error { panic("in flight") })
	}()
	if n := inFlight(); n != 0 {
		t.Error("a panic kept the permit", n)
	}
	cancel()
	if err := c.Do(ctx, func(context.Context) error { return nil }); err != context.Canceled {
		t.Error(err)
	}
	if admitted, err := c.Stat(ConcurrencyAdmitted); admitted != 2 || err != nil {
		t.Error(admitted, err)
	}
}

func TestForgottenPermitsComeBack(t *testing.T) {
	clock := manual(t)
	c := concurrency(t, ConcurrencyLimiterOptions{Limit: 1, Permit: time.Second, Clock: clock})
	permit, err := c.Enter()
	if permit == 0 || err != nil {
		t.Fatal(permit, err)
	}
	clock.Advance(999 * time.Millisecond)
	if permit, err := c.Enter(); permit != 0 || err != nil {
		t.Error(permit, err)
	}
	clock.Advance(time.Millisecond)
	if permit, err := c.Enter(); permit == 0 || err != nil {
		t.Error(permit, err)
	}
	if stood, err := c.Exit(permit); stood || err != nil {
		t.Error(stood, err)
	}
	wants(t, "permit of nobody's", second(c.Exit(-7)), ErrInvalidArgument, "permit")
	wants(t, "no limit", second(NewConcurrencyLimiter(ConcurrencyLimiterOptions{})), ErrBadValue, "limit")
}

func TestGoroutinesAreNeverMoreThanTheLimit(t *testing.T) {
	c := concurrency(t, ConcurrencyLimiterOptions{Limit: 3})
	var inside, most int32
	var wait sync.WaitGroup
	for i := 0; i < 8; i++ {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := 0; i < 20_000; i++ {
				permit, _ := c.Enter()
				if permit == 0 {
					continue
				}
				now := atomic.AddInt32(&inside, 1)
				for seen := atomic.LoadInt32(&most); now > seen && !atomic.CompareAndSwapInt32(&most, seen, now); {
					seen = atomic.LoadInt32(&most)
				}
				atomic.AddInt32(&inside, -1)
				c.Exit(permit)
			}
		}()
	}
	wait.Wait()
	if n, err := c.InFlight(); most < 1 || most > 3 || n != 0 || err != nil {
		t.Error(most, n, err)
	}
}

// Another process, this test's binary again, takes the second of two permits and ends with it.
func TestTheDeadHoldNoPermit(t *testing.T) {
	s, name := hostScope(t, ScopeOptions{Size: 1 << 20})
	c := concurrency(t, ConcurrencyLimiterOptions{Limit: 2, Scope: s, Name: "backend"})
	permit, err := c.Enter()
	if permit == 0 || err != nil {
		t.Fatal(permit, err)
	}
	if os.Getenv("OUTGROW_TEST_SCOPE") != "" {
		full, err := c.Enter()
		if full != 0 || err != nil {
			t.Error(full, err)
		}
		os.Stdout.WriteString("child: full\n")
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^TestTheDeadHoldNoPermit$")
	child.Env = append(os.Environ(), "OUTGROW_TEST_SCOPE="+name)
	if said, err := child.CombinedOutput(); err != nil || !strings.Contains(string(said), "child: full\n") {
		t.Fatalf("%v: %s", err, said)
	}
	if n, err := c.InFlight(); n != 1 || err != nil {
		t.Error(n, err)
	}
	if orphans, err := c.Stat(ConcurrencyOrphaned); orphans != 1 || err != nil {
		t.Error(orphans, err)
	}
}
