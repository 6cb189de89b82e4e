// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"unsafe"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// Value is a reference to a value's bytes in the library's memory, which stay as they are until it is
// closed, whatever becomes of the cache.
type Value struct {
	noun *noun
	data unsafe.Pointer
	size int64
}

func newValue(v raw.Value) *Value {
	if v.Handle == 0 {
		return nil
	}
	return &Value{own("Value", v.Handle, raw.ValueDestroy), v.Data, v.Size}
}

// Bytes views the value: not to be changed, nor used after Close, nor once nothing refers to the Value any
// more, which the finalizer then closes. It is nil for a nil or closed value.
func (v *Value) Bytes() []byte {
	if v == nil || v.noun == nil || v.noun.closed.Load() {
		return nil
	}
	return viewed(v.data, v.size)
}

// The bytes of an empty value are not nil: that is no value.
func viewed(data unsafe.Pointer, size int64) []byte {
	if size == 0 {
		return []byte{}
	}
	return raw.Bytes(data, size)
}

// Len is the value's size in bytes.
func (v *Value) Len() int {
	if v == nil {
		return 0
	}
	return int(v.size)
}

// Close gives the reference up.
func (v *Value) Close() error {
	if v == nil {
		return nil
	}
	return v.noun.close()
}

// Copies a value and gives it up. The bytes of an empty one are not nil.
func taken(v raw.Value) []byte {
	if v.Handle == 0 {
		return nil
	}
	b := append(make([]byte, 0, v.Size), raw.Bytes(v.Data, v.Size)...)
	raw.ValueDestroy(v.Handle)
	return b
}
