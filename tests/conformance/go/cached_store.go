// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// The store is the program's: a map that fails when it is told to.
type toldStore struct {
	rows map[string]string
	how  string
}

func (b *toldStore) Get(key string) ([]byte, error) {
	value, has := b.rows[key]
	switch {
	case b.how == "reads":
		return nil, outgrow.ErrStore
	case !has:
		return nil, outgrow.ErrAbsent
	}
	return []byte(value), nil
}

func (b *toldStore) Set(key string, value []byte) error {
	if b.how != "refused" {
		b.rows[key] = string(value)
	}
	return b.result()
}

func (b *toldStore) Delete(key string) error {
	if b.how != "refused" {
		delete(b.rows, key)
	}
	return b.result()
}

func (b *toldStore) BatchWrite(writes []outgrow.Write) (err error) {
	for _, w := range writes {
		if w.Delete {
			err = b.Delete(w.Key)
		} else {
			err = b.Set(w.Key, w.Value)
		}
	}
	return err
}

func (b *toldStore) result() error {
	if b.how == "refused" || b.how == "applied" {
		return outgrow.ErrStore
	}
	return nil
}

type toldOwn struct {
	store   *toldStore
	batches map[string]*outgrow.Batch
}

func (d *cachedStoreDriver) told() *toldOwn { return d.own.(*toldOwn) }

func (d *cachedStoreDriver) open(v *vector) {
	told := &toldOwn{&toldStore{rows: map[string]string{}}, map[string]*outgrow.Batch{}}
	options := outgrow.CacheOptions{Named: named(v.Setup.inner("cache")), Clock: v.clock}
	d.own, d.cache = told, made(outgrow.NewBytesCache(options))
	d.store = made(outgrow.NewCustomStore(told.store, v.clock))
	d.cachedStore = made(outgrow.NewCachedStore(outgrow.CachedStoreOptions{Named: named(v.Config)}, d.cache, d.store))
}

func (d *cachedStoreDriver) closeOwn() {
	for _, batch := range d.told().batches {
		batch.Close()
	}
}

func (d *cachedStoreDriver) get(s step, _ time.Duration) any {
	value, found, from, err := d.cachedStore.Get(s.text("key"))
	if err != nil {
		return orStatus(outgrow.StatusOK, err)
	}
	names := [...]string{"cache", "stale", "buffer", "store"}
	if !found {
		value = nil
	}
	return step{"value": textOrNil(value), "from": names[from]}
}

// [key, value or null].
func pair(w outgrow.Write) []any {
	if w.Delete {
		return []any{w.Key, nil}
	}
	return []any{w.Key, string(w.Value)}
}

func (d *cachedStoreDriver) take(s step, _ time.Duration) any {
	all := []any{}
	batch := made(d.cachedStore.TakeBatch())
	if batch == nil {
		return all
	}
	d.told().batches[s.text("as")] = batch
	for _, write := range made(batch.Writes()) {
		all = append(all, pair(write))
	}
	return all
}

func (d *cachedStoreDriver) done(s step, _ time.Duration) any {
	batch := d.told().batches[s.text("batch")]
	if batch == nil {
		return "ok" // an empty one
	}
	var why error
	if s.text("result") != "ok" {
		why = outgrow.ErrStore
	}
	return orStatus(outgrow.StatusOK, d.cachedStore.BatchDone(batch, why))
}

func (d *cachedStoreDriver) dead(step, time.Duration) any {
	all := []any{}
	for _, letter := range made(d.cachedStore.DeadLetters()) {
		all = append(all, append(pair(letter.Write), letter.Attempts, int32(letter.Reason)))
	}
	return all
}

func (d *cachedStoreDriver) cached(s step, _ time.Duration) any {
	value, outcome, err := d.cache.Get(s.text("key"), nil)
	if outcome == outgrow.StatusOK {
		return string(value)
	}
	return word(outcome, err)
}

func (d *cachedStoreDriver) lease(s step, _ time.Duration) any {
	lease := made(d.cache.GetOrLease(s.text("key"))).Lease
	d.held[s.text("as")] = int64(lease)
	if lease == 0 {
		return "none"
	}
	return "lease"
}

func (d *cachedStoreDriver) row(s step, _ time.Duration) any {
	if row, has := d.told().store.rows[s.text("key")]; has {
		return row
	}
	return nil
}

func (d *cachedStoreDriver) put(s step, _ time.Duration) any {
	d.told().store.rows[s.text("key")] = s.text("value")
	return "ok"
}

func (d *cachedStoreDriver) fail(s step, _ time.Duration) any {
	d.told().store.how = s.text("how")
	return "ok"
}
