// SPDX-License-Identifier: Apache-2.0

package main

import "github.com/outgrow/outgrow/bindings/go"

// A store of the test's own: a map that fails when it is told to.
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

func newToldStore() *toldStore { return &toldStore{rows: map[string]string{}} }

func (b *toldStore) store(clock *outgrow.Clock) (*outgrow.Store, error) {
	return outgrow.NewCustomStore(b, clock)
}

// Vectors' operations.

func (b *toldStore) row(s step) any {
	if row, has := b.rows[s.text("key")]; has {
		return row
	}
	return nil
}

func (b *toldStore) put(s step) any {
	b.rows[s.text("key")] = s.text("value")
	return "ok"
}

func (b *toldStore) fail(s step) any {
	b.how = s.text("how")
	return "ok"
}
