// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"fmt"
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// CachedStore is a cache and a store as one: cache-aside, write-through or write-behind, by the option
// Mode. Reading is the same in all: the cache, else one caller loads the key from the store while the
// others wait for it. Safe from every goroutine.
//
// Write-behind writes its buffer out on a thread of the library's. Not so with a manual clock, a store
// of the program's, or the option Thread none: then the program calls [CachedStore.Pump] from time to time, or
// takes batches and writes them in its own way.
type CachedStore noun

// NewCachedStore makes a cached store. A cache belongs to one cached store.
func NewCachedStore(o CachedStoreOptions, cache *BytesCache, store *Store) (*CachedStore, error) {
	c, cacheDone, err := (*noun)(cache).lendRequired("cache")
	if err != nil {
		return nil, err
	}
	defer cacheDone()
	t, storeDone, err := (*noun)(store).lendRequired("store")
	if err != nil {
		return nil, err
	}
	defer storeDone()
	n, err := create("CachedStore", &o, o.Clock, func(config, clock uintptr, out, failed *uintptr) int32 {
		return raw.Og_cached_store_create(config, c, t, clock, out, failed)
	}, raw.Og_cached_store_destroy)
	if err == nil {
		n.cached = &cachedState{getting: make(chan struct{}, mostGetting)}
	}
	return (*CachedStore)(n), err
}

// Close flushes, for up to the option Drain, and gives the store up. Buffered writes that had not reached the
// store by then are an [ErrStore] that says how many: lost, but for those being written just then.
// [CachedStore.Shutdown] leaves them as dead letters. Dead letters of before go without a word: look at
// [CachedStore.DeadLetters] first.
func (c *CachedStore) Close() error {
	// The library flushes when it lets the store go. Under a call, which may hang in the store, or with a
	// registry that shows it, that is later than now, and what is buffered would be lost with a program that
	// ends after its Close.
	return (*noun)(c).closeAfter(func(h uintptr) error {
		lost, err := number(raw.Og_cached_store_close(h, drain), "")
		if lost > 0 {
			return &Error{StatusStore, "", fmt.Sprintf("outgrow: closed with %d writes that had not reached the store", lost)}
		}
		return err
	})
}

// Get is the key's value, whether there is one, and where the answer came from. It may wait, for
// another's load by up to the option Wait, or for the store.
func (c *CachedStore) Get(key string) (value []byte, found bool, from Source, err error) {
	return c.get(func(h uintptr) raw.StoreAnswer { return raw.CachedStoreGet(h, key) })
}

// GetAt is Get at a time of the store's clock.
func (c *CachedStore) GetAt(key string, now time.Duration) (value []byte, found bool, from Source, err error) {
	return c.get(func(h uintptr) raw.StoreAnswer { return raw.CachedStoreGetAt(h, key, int64(now)) })
}

func (c *CachedStore) get(how func(uintptr) raw.StoreAnswer) ([]byte, bool, Source, error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return nil, false, 0, ErrClosed
	}
	defer n.leave(s)
	a := how(n.handle)
	value, found, err := answered(a)
	return value, found, Source(a.Source), err
}

// GetMany is Get for each key at one reading of the clock. Those that miss are loaded one after the
// other; an outcome below -100 is the store's error.
func (c *CachedStore) GetMany(keys []string) ([]Got, error) {
	return getMany((*noun)(c), raw.CachedStoreGetMany, keys, nil)
}

// GetManyAt is GetMany at a time of the store's clock.
func (c *CachedStore) GetManyAt(keys []string, now time.Duration) ([]Got, error) {
	return getMany((*noun)(c), raw.CachedStoreGetMany, keys, (*int64)(&now))
}

// Set stores a value. Write-behind it can be [ErrFull] when the buffer has no room or its oldest write is older
// than the option MaxAge (see the option Full), and nothing is changed; [ErrClosed] after Shutdown.
func (c *CachedStore) Set(key string, value []byte) error {
	return c.write(func(h uintptr, failed *uintptr) int32 {
		return raw.Og_cached_store_set(h, key, Key(value), failed)
	})
}

// SetAt is Set at a time of the store's clock.
func (c *CachedStore) SetAt(key string, value []byte, now time.Duration) error {
	return c.write(func(h uintptr, failed *uintptr) int32 {
		return raw.Og_cached_store_set_at(h, key, Key(value), int64(now), failed)
	})
}

// Delete removes a key, as Set stores one. Deleting what does not exist is no error.
func (c *CachedStore) Delete(key string) error {
	return c.write(func(h uintptr, failed *uintptr) int32 { return raw.Og_cached_store_delete(h, key, failed) })
}

// DeleteAt is Delete at a time of the store's clock.
func (c *CachedStore) DeleteAt(key string, now time.Duration) error {
	return c.write(func(h uintptr, failed *uintptr) int32 {
		return raw.Og_cached_store_delete_at(h, key, int64(now), failed)
	})
}

func (c *CachedStore) write(write func(handle uintptr, failed *uintptr) int32) error {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	defer n.leave(s)
	var failed uintptr
	if status := write(n.handle, &failed); status != 0 {
		return failure(status, failed)
	}
	return nil
}

// Stat is one of the store's numbers.
func (c *CachedStore) Stat(which CachedStoreStat) (int64, error) {
	return c.ask("which", func(h uintptr) int64 { return raw.Og_cached_store_stat(h, int32(which)) })
}

func (c *CachedStore) ask(argument string, what func(uintptr) int64) (int64, error) {
	n := (*noun)(c)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	defer n.leave(s)
	return number(what(n.handle), argument)
}
