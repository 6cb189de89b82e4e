// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

// A map as a store, with what its next call does.
type mapBackend struct {
	sync.Mutex
	rows   map[string]string
	before func()
	err    error
}

func (b *mapBackend) call() error {
	if b.before != nil {
		b.before()
	}
	return b.err
}

func (b *mapBackend) Get(key string) ([]byte, error) {
	b.Lock()
	defer b.Unlock()
	if err := b.call(); err != nil {
		return nil, err
	}
	if value, has := b.rows[key]; has {
		return []byte(value), nil
	}
	return nil, ErrAbsent
}

func (b *mapBackend) Set(key string, value []byte) error {
	b.Lock()
	defer b.Unlock()
	b.rows[key] = string(value)
	return b.call()
}

func (b *mapBackend) Delete(key string) error {
	b.Lock()
	defer b.Unlock()
	delete(b.rows, key)
	return b.call()
}

func customStore(t *testing.T, b Backend) *Store {
	s, err := NewCustomStore(b, nil)
	return made(t, s, err)
}

func TestCustomStore(t *testing.T) {
	b := &mapBackend{rows: map[string]string{}}
	s := customStore(t, b)
	if err := s.Set("k\x00", []byte("\xf0\x9f\x98\x80")); err != nil || b.rows["k\x00"] != "\xf0\x9f\x98\x80" {
		t.Fatal(b.rows, err)
	}
	if v, found, err := s.Get("k\x00"); string(v) != "\xf0\x9f\x98\x80" || !found || err != nil {
		t.Fatal(v, found, err)
	}
	if _, found, err := s.Get("none"); found || err != nil {
		t.Fatal(found, err)
	}
	batch, err := NewBatch()
	made(t, batch, err)
	batch.Set("a", []byte("1"))
	batch.Delete("k\x00")
	if err := s.BatchWrite(batch); err != nil || len(b.rows) != 1 || b.rows["a"] != "1" {
		t.Fatal("one by one:", b.rows, err)
	}
	for err, want := range map[error]error{errBroken: ErrStore, context.DeadlineExceeded: ErrTimeout,
		&Error{Status: StatusIO, Message: "disk"}: ErrIO} {
		b.err = err
		if got := s.Delete("a"); !errors.Is(got, want) || got.Error() != "the program's store: "+err.Error() {
			t.Errorf("%v, not %v", got, want)
		}
	}
}

// A panic does not unwind through C++: it is the store's error.
func TestCustomStorePanic(t *testing.T) {
	b := &mapBackend{rows: map[string]string{}, before: func() { panic("bad") }}
	s := customStore(t, b)
	if _, _, err := s.Get("k"); !errors.Is(err, ErrStore) || err.Error() != "the program's store: panic: bad" {
		t.Fatal(err)
	}
	if err := s.Set("k", nil); !errors.Is(err, ErrStore) {
		t.Fatal(err)
	}
}

func TestCachedStoreOverCustomStore(t *testing.T) {
	b := &mapBackend{rows: map[string]string{"k": "v"}}
	cache, err := NewBytesCache(CacheOptions{})
	made(t, cache, err)
	c, err := NewCachedStore(CachedStoreOptions{Mode: CachedStoreModeBehind, RetryAttempts: 1,
		RetryBase: time.Millisecond}, cache, customStore(t, b))
	made(t, c, err)
	ctx := context.Background()
	if v, found, from, err := c.GetContext(ctx, "k"); string(v) != "v" || !found || from != SourceStore || err != nil {
		t.Fatal(v, found, from, err)
	}
	if _, found, _, err := c.Get("none"); found || err != nil {
		t.Fatal(found, err)
	}
	// A get that is given up ends at once; its load goes on.
	entered, release := make(chan struct{}), make(chan struct{})
	b.before = func() { close(entered); <-release }
	cancelled, cancel := context.WithCancel(ctx)
	go func() { <-entered; cancel() }()
	if _, _, _, err := c.GetContext(cancelled, "slow"); err != context.Canceled {
		t.Fatal(err)
	}
	close(release)
	b.Lock()
	b.before = nil
	b.Unlock()

	c.Set("a", []byte("1"))
	if left, err := c.Flush(ctx); left != 0 || err != nil || b.rows["a"] != "1" {
		t.Fatal(left, err, b.rows)
	}
	b.Lock()
	b.err = errBroken
	b.Unlock()
	c.Set("b", []byte("2"))
	soon, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	if lost, err := c.Shutdown(soon); lost != 1 || err != nil { // given up while it flushed
		t.Fatal(lost, err)
	}
	letters, err := c.DeadLetters()
	if err != nil || len(letters) != 1 || letters[0].Key != "b" || string(letters[0].Value) != "2" ||
		letters[0].Reason != StatusStore || letters[0].Message != "the program's store: broken" {
		t.Fatal(letters, err)
	}
	if err := c.Set("c", nil); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
}
