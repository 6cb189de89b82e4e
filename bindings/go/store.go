// SPDX-License-Identifier: Apache-2.0

package outgrow

import "github.com/outgrow/outgrow/bindings/go/internal/raw"

// Write is one of a batch's: a set, or a delete without a value.
type Write struct {
	Key    string
	Value  []byte
	Delete bool
}

// Writes is a copy of what the batch holds.
func (b *Batch) Writes() (writes []Write, err error) {
	err = (*noun)(b).within(func(h uintptr) error {
		writes = writesOf(h)
		return nil
	})
	return writes, err
}

func writesOf(batch uintptr) []Write {
	writes := make([]Write, raw.BatchSize(batch))
	for i := range writes {
		writes[i] = writeOf(raw.BatchAt(batch, int64(i)))
	}
	return writes
}

func writeOf(status int32, key, value []byte) Write {
	if Status(status) == StatusAbsent {
		return Write{Key: string(key), Delete: true}
	}
	return Write{Key: string(key), Value: value}
}
