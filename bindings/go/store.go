// SPDX-License-Identifier: Apache-2.0

package outgrow

import "github.com/outgrow/outgrow/bindings/go/internal/raw"

// Store is a system of record, bytes by key: in memory, in an SQLite file (builds with -tags sqlite or
// dynamic), or the program's own ([NewCustomStore]). Safe from every goroutine.
type Store noun

// NewStore opens a store of the library's.
func NewStore(o StoreOptions) (*Store, error) {
	n, err := create("Store", &o, o.Clock, raw.Og_store_create, raw.Og_store_destroy)
	return (*Store)(n), err
}

// Close gives the store up; what is built on it keeps it.
func (t *Store) Close() error { return (*noun)(t).close() }

// Get is the key's value, and whether there is one.
func (t *Store) Get(key string) (value []byte, found bool, err error) {
	n := (*noun)(t)
	s := n.enter()
	if s == nil {
		return nil, false, ErrClosed
	}
	defer n.leave(s)
	return answered(raw.StoreGet(n.handle, key))
}

func answered(a raw.StoreAnswer) ([]byte, bool, error) {
	switch {
	case a.Outcome >= 0:
		return taken(a.Value), true, nil
	case Status(a.Outcome) == StatusAbsent:
		return nil, false, nil
	}
	return nil, false, failure(int32(a.Outcome), a.Failed)
}

// Set stores a value.
func (t *Store) Set(key string, value []byte) error {
	return t.write(func(h uintptr, failed *uintptr) int32 { return raw.Og_store_set(h, key, Key(value), failed) })
}

// Delete removes a key. Deleting what does not exist is no error.
func (t *Store) Delete(key string) error {
	return t.write(func(h uintptr, failed *uintptr) int32 { return raw.Og_store_delete(h, key, failed) })
}

// BatchWrite applies the batch in its order, in SQLite and memory all or nothing towards other readers.
func (t *Store) BatchWrite(batch *Batch) error {
	b, done, err := (*noun)(batch).lendRequired("batch")
	if err != nil {
		return err
	}
	defer done()
	return t.write(func(h uintptr, failed *uintptr) int32 { return raw.Og_store_batch_write(h, b, failed) })
}

func (t *Store) write(write func(handle uintptr, failed *uintptr) int32) error {
	n := (*noun)(t)
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

// Batch is writes that go together, in order. One goroutine at a time uses it.
type Batch noun

// Write is one of a batch's: a set, or a delete without a value.
type Write struct {
	Key    string
	Value  []byte
	Delete bool
}

// NewBatch makes an empty batch.
func NewBatch() (*Batch, error) {
	n, err := adopt("Batch", raw.Og_batch_create, raw.Og_batch_destroy)
	return (*Batch)(n), err
}

// Close gives the batch up. One taken from a cached store and not completed counts as failed.
func (b *Batch) Close() error { return (*noun)(b).close() }

// Set adds a write; the bytes are copied. A batch that was taken is [ErrInvalidArgument].
func (b *Batch) Set(key string, value []byte) error {
	return b.add(func(h uintptr) int32 { return raw.Og_batch_set(h, key, Key(value)) })
}

// Delete adds a deletion.
func (b *Batch) Delete(key string) error {
	return b.add(func(h uintptr) int32 { return raw.Og_batch_delete(h, key) })
}

func (b *Batch) add(add func(uintptr) int32) error {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	status := add(n.handle)
	n.leave(s)
	return done(status, "key, value or batch")
}

// Writes is a copy of what the batch holds.
func (b *Batch) Writes() ([]Write, error) {
	n := (*noun)(b)
	s := n.enter()
	if s == nil {
		return nil, ErrClosed
	}
	defer n.leave(s)
	return writesOf(n.handle), nil
}

func writesOf(batch uintptr) []Write {
	writes := make([]Write, raw.Og_batch_size(batch))
	for i := range writes {
		key, value, status := raw.BatchAt(batch, int64(i))
		writes[i] = Write{Key: string(key), Value: value}
		if Status(status) == StatusAbsent {
			writes[i].Value, writes[i].Delete = nil, true
		}
	}
	return writes
}
