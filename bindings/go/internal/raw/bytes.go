// SPDX-License-Identifier: Apache-2.0

package raw

// #include "support.h"
import "C"

import (
	"time"
	"unsafe"
)

// Value is a handle, 0 for none, which is the caller's to destroy; Data is good until then.
type Value struct {
	Handle uintptr
	Data   unsafe.Pointer
	Size   int64
}

// ValueOf is what a handle refers to.
func ValueOf(handle uintptr) Value { return valueOf(C.raw_value_of(C.uintptr_t(handle))) }

func valueOf(v C.raw_value) Value {
	return Value{uintptr(unsafe.Pointer(v.value)), v.data, int64(v.size)}
}

// Bytes views memory of the library's.
func Bytes(data unsafe.Pointer, size int64) []byte {
	if size <= 0 {
		return nil
	}
	return unsafe.Slice((*byte)(data), int(size))
}

// Bytes that the library lends are copied: how long they live is nothing that Go could see.
func copied(data unsafe.Pointer, size C.int64_t) []byte {
	b := make([]byte, int(size))
	copy(b, Bytes(data, int64(size)))
	return b
}

func terminated(text string) *C.char {
	b := append([]byte(text), 0)
	return spaceOf(&b)
}

// "" is every noun.
func terminatedOrNil(text string) *C.char {
	if text == "" {
		return nil
	}
	return terminated(text)
}

// A string and a slice begin with the pointer to their elements; unsafe.StringData and unsafe.SliceData say so from
// Go 1.20 on.
func bytesOf(s *string) *C.char             { return *(**C.char)(unsafe.Pointer(s)) }
func spaceOf(b *[]byte) *C.char             { return *(**C.char)(unsafe.Pointer(b)) }
func int32s(s []int32) *C.int32_t           { return *(**C.int32_t)(unsafe.Pointer(&s)) }
func int64s(s []int64) *C.int64_t           { return *(**C.int64_t)(unsafe.Pointer(&s)) }
func doubles(s []float64) *C.double         { return *(**C.double)(unsafe.Pointer(&s)) }
func handles(s []uintptr) *C.uintptr_t      { return *(**C.uintptr_t)(unsafe.Pointer(&s)) }
func Nanoseconds(d []time.Duration) []int64 { return *(*[]int64)(unsafe.Pointer(&d)) }
