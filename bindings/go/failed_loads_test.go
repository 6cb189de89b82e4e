// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

const waitersOfAFailure = 20

// What those get who wait for a load that ends in some way, and how often they loaded themselves.
func failedLoad(t *testing.T, ctx context.Context, fail func() ([]byte, error)) (c *BytesCache, errs []error, loads int64) {
	t.Helper()
	asleep(t)
	c, err := NewBytesCache(CacheOptions{Lease: time.Hour})
	made(t, c, err)
	loading, release := make(chan struct{}), make(chan struct{})
	go func() {
		defer func() { recover() }()
		c.Load(ctx, "k", func(context.Context) ([]byte, error) {
			close(loading)
			<-release
			return fail()
		})
	}()
	<-loading
	got := make(chan error)
	var own atomic.Int64
	for i := 0; i < waitersOfAFailure; i++ {
		go func() {
			_, err := c.Load(context.Background(), "k", func(context.Context) ([]byte, error) {
				own.Add(1)
				return []byte("v"), nil
			})
			got <- err
		}()
	}
	for joined((*noun)(c).loadWaiters(), "k") < waitersOfAFailure {
		runtime.Gosched()
	}
	close(release)
	for i := 0; i < waitersOfAFailure; i++ {
		errs = append(errs, <-got)
	}
	return c, errs, own.Load()
}

// However a load fails, those who wait for it do not repeat it one after the other.
func TestWaitersShareAFailure(t *testing.T) {
	for name, of := range map[string]struct {
		fail func() ([]byte, error)
		want error
	}{
		"error":  {func() ([]byte, error) { return nil, errBroken }, errBroken},
		"panic":  {func() ([]byte, error) { panic("bad") }, ErrInternal},
		"Goexit": {func() ([]byte, error) { runtime.Goexit(); return nil, nil }, ErrInternal},
	} {
		t.Run(name, func(t *testing.T) {
			c, errs, loads := failedLoad(t, context.Background(), of.fail)
			for _, err := range errs {
				if !errors.Is(err, of.want) {
					t.Error(err)
				}
			}
			if loads != 0 {
				t.Error("loaded again", loads, "times")
			}
			v, err := c.Load(context.Background(), "k", func(context.Context) ([]byte, error) { return []byte("new"), nil })
			if string(v) != "new" || err != nil {
				t.Error("who comes later loads:", string(v), err)
			}
			if w := (*noun)(c).loadWaiters(); w.waiting.Load() != 0 || len(w.keys) != 0 {
				t.Error("left behind:", w.keys)
			}
		})
	}
}

// That a loader's own context has ended is nothing to those whose has not.
func TestACancelledLoadIsNoFailureOfTheOthers(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	_, errs, loads := failedLoad(t, ctx, func() ([]byte, error) {
		cancel()
		return nil, ctx.Err()
	})
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	if loads != 1 {
		t.Error("loaded", loads, "times")
	}
}

// A read that fails is one failure of the server's, however many wait for it.
func TestReadersShareAFailure(t *testing.T) {
	asleep(t)
	v, err := NewService(ServiceOptions{Breaker: &CircuitBreakerOptions{FailureThreshold: 1000}, Cache: &CacheOptions{Lease: time.Hour}})
	made(t, v, err)
	l := startLoad(t, (*noun)(v), waitersOfAFailure, func(load func(context.Context) ([]byte, error)) ([]byte, error) {
		return v.Read(context.Background(), "", "k", func(ctx context.Context, _, _ int32) ([]byte, error) { return load(ctx) })
	})
	l.release <- errBroken
	l.wants(t, waitersOfAFailure, errBroken.Error())
	if failures, err := v.Stat(ServiceFailures); failures != 1 || err != nil {
		t.Fatal(failures, err)
	}
}

// What was set while the load ran is the answer, though the load failed.
func TestAValueSetMeanwhileIsTheAnswer(t *testing.T) {
	asleep(t)
	c, err := NewBytesCache(CacheOptions{Lease: time.Hour})
	made(t, c, err)
	l := startLoad(t, (*noun)(c), 3, loadOf(c))
	c.Set("k", []byte("set"), 0)
	l.release <- errBroken
	l.wants(t, 3, "set")
}

func isToldSo(t *testing.T, what string, err error) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Status != StatusInvalidArgument || e.Option != "key" {
		t.Errorf("%s: %v", what, err)
	}
}

// A loader that asks for its own key, with its own context, would wait for itself until its lease falls.
func TestALoaderThatAsksForItsOwnKey(t *testing.T) {
	asleep(t)
	c, err := NewCache[string](CacheOptions{Lease: time.Hour}, Text())
	made(t, c, err)
	ctx := context.Background()
	value := func(context.Context) (string, error) { return "v", nil }
	_, err = c.Load(ctx, "k", func(ctx context.Context) (string, error) { return c.Load(ctx, "k", value) })
	isToldSo(t, "directly", err)
	_, err = c.Load(ctx, "k", func(ctx context.Context) (string, error) {
		return c.Load(ctx, "other", func(ctx context.Context) (string, error) {
			derived, cancel := context.WithTimeout(ctx, time.Hour)
			defer cancel()
			return c.Load(derived, "k", value)
		})
	})
	isToldSo(t, "through another key's", err)
	var kept context.Context
	got, err := c.Load(ctx, "k", func(ctx context.Context) (string, error) {
		kept = ctx
		return c.Load(ctx, "another", value)
	})
	if got != "v" || err != nil {
		t.Error("another key is its to ask for:", got, err)
	}

	c.Delete("k")
	leased, _ := c.Bytes().GetOrLease("k")
	done := make(chan error)
	go func() {
		_, err := c.Load(kept, "k", value)
		done <- err
	}()
	for joined((*noun)(c.Bytes()).loadWaiters(), "k") == 0 {
		select {
		case err := <-done:
			t.Fatal("a load that has ended is no more its own:", err)
		default:
			runtime.Gosched()
		}
	}
	c.Bytes().GiveUp("k", leased.Lease)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestACallThatReadsItsOwnKey(t *testing.T) {
	asleep(t)
	v, err := NewService(ServiceOptions{Cache: &CacheOptions{Lease: time.Hour}})
	made(t, v, err)
	_, err = v.Read(context.Background(), "", "k", func(ctx context.Context, _, _ int32) ([]byte, error) {
		return v.Read(ctx, "", "k", func(context.Context, int32, int32) ([]byte, error) { return nil, nil })
	})
	isToldSo(t, "a read", err)
	_, err = v.Read(context.Background(), "", "k", func(ctx context.Context, _, _ int32) ([]byte, error) {
		return nil, v.Write(ctx, "", "k", func(context.Context, int32, int32) error { return nil })
	})
	if err != nil {
		t.Error("a write waits for nobody:", err)
	}
}
