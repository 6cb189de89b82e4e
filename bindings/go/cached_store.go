// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"fmt"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

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
	n, err := create("CachedStore", &o, o.Clock, func(config, clock uintptr) (int32, uintptr, uintptr) {
		return raw.CachedStoreCreate(config, c, t, clock)
	}, raw.CachedStoreDestroy)
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
		lost, err := number(raw.CachedStoreClose(h, drain), "")
		if lost > 0 {
			return &Error{StatusStore, "", fmt.Sprintf("outgrow: closed with %d writes that had not reached the store", lost)}
		}
		return err
	})
}
