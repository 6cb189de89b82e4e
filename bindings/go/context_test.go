// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"
)

var errBroken = errors.New("broken")

func TestWaitSaysWhenItWouldBeTooLate(t *testing.T) {
	l := limiter(t, "1/min")
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := l.Wait(ctx, "k", 1); err != nil {
		t.Fatal(err)
	}
	var limited *LimitedError
	err := l.Wait(ctx, "k", 1)
	if !errors.As(err, &limited) || !errors.Is(err, ErrLimited) || limited.RetryAfter != time.Minute {
		t.Fatal(err)
	}
	if err := l.Wait(context.Background(), "k", 2); !errors.As(err, &limited) || limited.RetryAfter != Never {
		t.Fatal("more than it ever holds:", err)
	}
	if at, _ := l.AcquireDetailed("other", 0); at.Remaining != 1 {
		t.Fatal(at)
	}
	cancelled, stop := context.WithCancel(context.Background())
	stop()
	if err := l.Wait(cancelled, "other", 1); err != context.Canceled {
		t.Fatal(err)
	}
	if at, _ := l.AcquireDetailed("other", 0); at.Remaining != 1 {
		t.Fatal("a cancelled wait took", at)
	}
}

func TestDo(t *testing.T) {
	c := manual(t)
	b, err := NewCircuitBreaker(CircuitBreakerOptions{FailureThreshold: 2, Open: time.Minute, Clock: c})
	made(t, b, err)
	ctx, cancel := context.WithCancel(context.Background())
	fails := func(context.Context) error { return errBroken }
	for i := 0; i < 3; i++ { // absences are answers
		if err := b.Do(ctx, func(context.Context) error { return ErrAbsent }); err != ErrAbsent {
			t.Fatal(err)
		}
	}
	if v, err := Call(ctx, b, func(context.Context) (int, error) { return 7, nil }); v != 7 || err != nil {
		t.Fatal(v, err)
	}
	if err := b.Do(ctx, fails); err != errBroken {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if recover() != "bad" {
				t.Error("the panic is the caller's")
			}
		}()
		b.Do(ctx, func(context.Context) error { panic("bad") })
	}()
	var open *OpenError
	if err := b.Do(ctx, fails); !errors.As(err, &open) || !errors.Is(err, ErrOpen) || open.RetryAfter != time.Minute {
		t.Fatal(err)
	}
	// Half-open, a caller that gives up returns the one permit, uncounted.
	c.Advance(time.Minute)
	if err := b.Do(ctx, func(context.Context) error { cancel(); return ctx.Err() }); err != context.Canceled {
		t.Fatal(err)
	}
	if state, _ := b.State(); state != BreakerHalfOpen {
		t.Fatal(state)
	}
	if permit, err := b.Enter(); permit == 0 || err != nil {
		t.Fatal("the permit is gone", err)
	}
	// When that one is back nobody knows.
	err = b.Do(context.Background(), fails)
	if !errors.As(err, &open) || open.RetryAfter != 0 || !strings.Contains(err.Error(), "half-open: as many calls as may are trying") {
		t.Fatal(err)
	}
	if wait, _ := b.RetryAfter(); wait < time.Minute {
		t.Fatal("then at the latest:", wait)
	}
	if b.Close(); b.Refusal() == nil {
		t.Fatal("closed, it says why")
	}
}

func TestDoGivesTicketsBack(t *testing.T) {
	n := everyNoun(t)
	ctx, cancel := context.WithCancel(context.Background())
	calls := func() (calls, failures, flying int64) {
		calls, _ = n.endpoints.Calls(0)
		failures, _ = n.endpoints.Failures(0)
		flying, _ = n.endpoints.InFlight(0)
		return
	}
	n.balancer.Do(ctx, "", func(context.Context, int32) error { return nil })
	n.balancer.Do(ctx, "", func(context.Context, int32) error { return errBroken })
	func() {
		defer func() { recover() }()
		n.balancer.Do(ctx, "", func(context.Context, int32) error { panic("bad") })
	}()
	n.balancer.Do(ctx, "", func(ctx context.Context, _ int32) error { cancel(); return ctx.Err() })
	if calls, failures, flying := calls(); calls != 3 || failures != 2 || flying != 0 {
		t.Fatal(calls, failures, flying)
	}
	if err := n.balancer.Do(ctx, "", nil); err != context.Canceled {
		t.Fatal(err)
	}
	if err := n.replicas.Do(context.Background(), true, func(_ context.Context, node int32) error {
		if node != ReplicasPrimary {
			t.Error(node)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	n.endpoints.SetHealthy(0, false)
	if err := n.balancer.Do(context.Background(), "", nil); !errors.Is(err, ErrNone) {
		t.Fatal(err)
	}
}

func TestLoadLeasesToOneCaller(t *testing.T) {
	c, err := NewBytesCache(CacheOptions{})
	made(t, c, err)
	started, release := make(chan struct{}), make(chan struct{})
	loads := 0
	load := func(context.Context) ([]byte, error) {
		loads++
		close(started)
		<-release
		return []byte("v"), nil
	}
	results := make(chan string, 8)
	get := func() {
		v, err := c.Load(context.Background(), "k", load)
		if err != nil {
			results <- err.Error()
		}
		results <- string(v)
	}
	go get()
	<-started
	for i := 0; i < 7; i++ {
		go get()
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Load(ctx, "k", load); err != context.Canceled {
		t.Fatal(err)
	}
	for waits := int64(0); waits < 7; runtime.Gosched() { // until they have asked, and were told to wait
		waits, _ = c.Stat(CacheWaits)
	}
	close(release)
	for i := 0; i < 8; i++ {
		if got := <-results; got != "v" {
			t.Fatal(got)
		}
	}
	if loads != 1 {
		t.Fatal(loads, "loads")
	}
}

// A load that fails, panics or is cancelled gives its lease back: the next caller need not wait.
func TestLoadGivesLeasesBack(t *testing.T) {
	c, err := NewBytesCache(CacheOptions{Clock: manual(t)})
	made(t, c, err)
	ctx := context.Background()
	if _, err := c.Load(ctx, "k", func(context.Context) ([]byte, error) { return nil, errBroken }); err != errBroken {
		t.Fatal(err)
	}
	func() {
		defer func() { recover() }()
		c.Load(ctx, "k", func(context.Context) ([]byte, error) { panic("bad") })
	}()
	if leases, _ := c.Stat(CacheLeases); leases != 0 {
		t.Fatal(leases, "leases out")
	}
	if _, err := c.Load(ctx, "k", func(context.Context) ([]byte, error) { return nil, ErrAbsent }); err != ErrAbsent {
		t.Fatal(err)
	}
	if _, err := c.Load(ctx, "k", func(context.Context) ([]byte, error) { panic("absence is cached") }); err != ErrAbsent {
		t.Fatal(err)
	}
}

func TestServiceRead(t *testing.T) {
	n := everyNoun(t)
	ctx, cancel := context.WithCancel(context.Background())
	read := func(key string, call func(context.Context, int32, int32) ([]byte, error)) (string, error) {
		v, err := n.service.Read(ctx, "alice", key, call)
		return string(v), err
	}
	loaded := func(_ context.Context, server, node int32) ([]byte, error) {
		if server < 0 || node < 1 {
			t.Error(server, node)
		}
		return []byte("v"), nil
	}
	if v, err := read("k", loaded); v != "v" || err != nil {
		t.Fatal(v, err)
	}
	if v, err := read("k", nil); v != "v" || err != nil {
		t.Fatal(v, err)
	}
	if err := n.service.Write(ctx, "alice", "k", func(_ context.Context, _, node int32) error {
		if node != ReplicasPrimary {
			t.Error(node)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := read("k", func(context.Context, int32, int32) ([]byte, error) { return nil, ErrAbsent }); err != ErrAbsent {
		t.Fatal(err)
	}
	if _, err := read("other", func(context.Context, int32, int32) ([]byte, error) { cancel(); return nil, ctx.Err() }); err != context.Canceled {
		t.Fatal(err)
	}
	for which, want := range map[ServiceStat]int64{ServiceInFlight: 0, ServiceSuccesses: 3, ServiceCancelled: 1,
		ServiceFailures: 0, ServiceHits: 1} {
		if got, _ := n.service.Stat(which); got != want {
			t.Errorf("stat %d: %d, not %d", which, got, want)
		}
	}
	ctx = context.Background()
	var limited *LimitedError
	if _, err := read("k", nil); !errors.As(err, &limited) || limited.RetryAfter != 200*time.Millisecond {
		t.Fatal(err)
	}
}

func TestGatherRun(t *testing.T) {
	n := everyNoun(t)
	ask := func(ctx context.Context, q *Query, shard int32) error {
		if shard == 2 {
			return errBroken
		}
		_, err := q.Row(shard, "", "row")
		return err
	}
	q, err := n.gather.Run(context.Background(), []int32{0, 1}, ask)
	made(t, q, err)
	if rows, outcome, err := q.Rows(); len(rows) != 2 || outcome != StatusNone || err != nil {
		t.Fatal(rows, outcome, err)
	}
	q, err = n.gather.Run(context.Background(), []int32{0, 2}, ask)
	if err != ErrNotMet {
		t.Fatal(err)
	}
	defer q.Close()
	failures, err := q.Failures()
	if err != nil || len(failures) != 1 || failures[0].Shard != 2 || failures[0].Reason != StatusStore || failures[0].Message != "broken" {
		t.Fatal(failures, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	q, err = n.gather.Run(ctx, []int32{0, 1}, func(ctx context.Context, _ *Query, shard int32) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	})
	if q.Close(); err != context.Canceled && err != ErrNotMet {
		t.Fatal(err)
	}
}
