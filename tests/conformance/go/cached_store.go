// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go"
)

// What own is: the batches that are taken, by name.
func (d *cachedStoreDriver) batches() map[string]*outgrow.Batch {
	if d.own == nil {
		d.own = map[string]*outgrow.Batch{}
	}
	return d.own.(map[string]*outgrow.Batch)
}

func (d *cachedStoreDriver) closeOwn() {
	for _, batch := range d.batches() {
		batch.Close()
	}
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
	d.batches()[s.text("as")] = batch
	for _, write := range made(batch.Writes()) {
		all = append(all, pair(write))
	}
	return all
}

func (d *cachedStoreDriver) done(s step, _ time.Duration) any {
	batch := d.batches()[s.text("batch")]
	if batch == nil {
		return "ok" // an empty one
	}
	var why error
	if s.text("result") != "ok" {
		why = outgrow.ErrStore
	}
	return orStatus(outgrow.StatusOK, d.cachedStore.BatchDone(batch, why))
}
