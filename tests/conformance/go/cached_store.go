// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// The store is the program's: a map that fails when it is told to.
type rowsBackend struct {
	rows map[string]string
	how  string
}

func (b *rowsBackend) Get(key string) ([]byte, error) {
	value, has := b.rows[key]
	switch {
	case b.how == "reads":
		return nil, outgrow.ErrStore
	case !has:
		return nil, outgrow.ErrAbsent
	}
	return []byte(value), nil
}

func (b *rowsBackend) Set(key string, value []byte) error {
	if b.how != "refused" {
		b.rows[key] = string(value)
	}
	return b.result()
}

func (b *rowsBackend) Delete(key string) error {
	if b.how != "refused" {
		delete(b.rows, key)
	}
	return b.result()
}

func (b *rowsBackend) BatchWrite(writes []outgrow.Write) (err error) {
	for _, w := range writes {
		if w.Delete {
			err = b.Delete(w.Key)
		} else {
			err = b.Set(w.Key, w.Value)
		}
	}
	return err
}

func (b *rowsBackend) result() error {
	if b.how == "refused" || b.how == "applied" {
		return outgrow.ErrStore
	}
	return nil
}

type cachedStoreDriver struct {
	backend *rowsBackend
	cache   *outgrow.BytesCache
	store   *outgrow.Store
	cached  *outgrow.CachedStore
	leases  map[string]outgrow.Lease
	batches map[string]*outgrow.Batch
}

func openCachedStore(v *vector) driver {
	d := cachedStoreDriver{backend: &rowsBackend{rows: map[string]string{}},
		leases: map[string]outgrow.Lease{}, batches: map[string]*outgrow.Batch{}}
	options := outgrow.CacheOptions{Named: named(v.Setup.inner("cache")), Clock: v.clock}
	d.cache = made(outgrow.NewBytesCache(options))
	d.store = made(outgrow.NewCustomStore(d.backend, v.clock))
	d.cached = made(outgrow.NewCachedStore(outgrow.CachedStoreOptions{Named: named(v.Config)}, d.cache, d.store))
	return d
}

func (d cachedStoreDriver) close() {
	for _, batch := range d.batches {
		batch.Close()
	}
	d.cached.Close()
	d.store.Close()
	d.cache.Close()
}

var cachedStoreStats = map[string]outgrow.CachedStoreStat{
	"pending": outgrow.CachedStorePending, "writing": outgrow.CachedStoreWriting,
	"dead_letters": outgrow.CachedStoreDeadLetters, "coalesced": outgrow.CachedStoreCoalesced,
	"oldest_age": outgrow.CachedStoreOldestAge,
	"batches":    outgrow.CachedStoreBatches, "stored": outgrow.CachedStoreStored,
	"failed_attempts": outgrow.CachedStoreFailedAttempts, "buried": outgrow.CachedStoreBuried,
	"loads": outgrow.CachedStoreLoads, "load_failures": outgrow.CachedStoreLoadFailures,
	"stale": outgrow.CachedStoreStale, "buffer_hits": outgrow.CachedStoreBufferHits,
	"writes": outgrow.CachedStoreWrites, "write_failures": outgrow.CachedStoreWriteFailures,
	"refused": outgrow.CachedStoreRefused, "written_through": outgrow.CachedStoreWrittenThrough,
}

func (d cachedStoreDriver) step(s step, now time.Duration) any {
	key, value := s.text("key"), s.text("value")
	switch s.text("op") {
	case "get":
		return d.get(key)
	case "set":
		return written(d.cached.Set(key, []byte(value)))
	case "delete":
		return written(d.cached.Delete(key))
	case "pump":
		return made(d.cached.Pump())
	case "due_in":
		in, any, err := d.cached.DueIn()
		must(err)
		if !any {
			return "none"
		}
		return in.Milliseconds()
	case "take":
		return d.take(s.text("as"))
	case "done":
		return d.done(s.text("batch"), s.text("result"))
	case "flush":
		return made(d.cached.Flush(context.Background()))
	case "close":
		return made(d.cached.Shutdown(context.Background()))
	case "dead":
		return d.dead()
	case "redrive":
		outcome, err := d.cached.Redrive(key)
		if errors.Is(err, outgrow.ErrClosed) {
			return "closed"
		}
		return word(outcome, err)
	case "redrive_all":
		return made(d.cached.RedriveAll())
	case "discard":
		return word(d.cached.Discard(key))
	case "stat":
		return made(d.cached.Stat(cachedStoreStats[s.text("name")]))
	}
	return d.around(s, key, value)
}

// What stands around the cached store.
func (d cachedStoreDriver) around(s step, key, value string) any {
	switch s.text("op") {
	case "evict":
		return okOrInvalid(d.cache.Clear())
	case "cached":
		value, outcome, err := d.cache.Get(key, nil)
		if outcome == outgrow.StatusOK {
			return string(value)
		}
		return word(outcome, err)
	case "lease":
		l := made(d.cache.GetOrLease(key))
		d.leases[s.text("as")] = l.Lease
		if l.Lease == 0 {
			return "none"
		}
		return "lease"
	case "fill":
		return word(d.cache.Fill(key, d.leases[s.text("lease")], []byte(value), outgrow.DefaultTTL))
	case "row":
		if row, has := d.backend.rows[key]; has {
			return row
		}
		return nil
	case "put":
		d.backend.rows[key] = value
		return "ok"
	case "fail":
		d.backend.how = s.text("how")
		return "ok"
	}
	fail("unknown op %s", s.text("op"))
	return nil
}

func written(err error) any {
	var failed *outgrow.Error
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, outgrow.ErrClosed):
		return "closed"
	case errors.Is(err, outgrow.ErrFull):
		return "full"
	case errors.As(err, &failed):
		return step{"error": int32(failed.Status)}
	}
	must(err)
	return nil
}

func (d cachedStoreDriver) get(key string) any {
	value, found, from, err := d.cached.Get(key)
	if err != nil {
		return written(err)
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

func (d cachedStoreDriver) take(as string) any {
	all := []any{}
	batch := made(d.cached.TakeBatch())
	if batch == nil {
		return all
	}
	d.batches[as] = batch
	for _, write := range made(batch.Writes()) {
		all = append(all, pair(write))
	}
	return all
}

func (d cachedStoreDriver) done(name, result string) any {
	batch := d.batches[name]
	if batch == nil {
		return "ok" // an empty one
	}
	var why error
	if result != "ok" {
		why = outgrow.ErrStore
	}
	return written(d.cached.BatchDone(batch, why))
}

func (d cachedStoreDriver) dead() any {
	all := []any{}
	for _, letter := range made(d.cached.DeadLetters()) {
		all = append(all, append(pair(letter.Write), letter.Attempts, int32(letter.Reason)))
	}
	return all
}
