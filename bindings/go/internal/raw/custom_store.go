// SPDX-License-Identifier: Apache-2.0

package raw

// #include <stdlib.h>
// #include "custom_store.h"
import "C"

import (
	"runtime/cgo"
	"unsafe"
)

// Custom is a store of the program's own. Keys and values are views of the library's memory, good until the
// function returns; it must not panic, but may end its goroutine. A status that is not 0 comes with why.
type Custom interface {
	Get(key []byte) (value []byte, status int32, why string)
	Set(key, value []byte) (status int32, why string)
	Delete(key []byte) (status int32, why string)
	BatchWrite(batch uintptr) (status int32, why string)
}

// CustomStoreCreate makes a store of custom. The library gives custom up with the last handle to the store.
func CustomStoreCreate(custom Custom, clock uintptr) (status int32, out, failed uintptr) {
	context := cgo.NewHandle(custom)
	a := C.custom_store_create(C.uintptr_t(context), C.uintptr_t(clock))
	if a.status != 0 {
		context.Delete()
	}
	return int32(a.status), uintptr(unsafe.Pointer(a.out)), uintptr(unsafe.Pointer(a.error))
}

func customOf(context C.uintptr_t) Custom { return cgo.Handle(context).Value().(Custom) }

//export outgrowCustomGet
func outgrowCustomGet(context C.uintptr_t, key unsafe.Pointer, keyLen C.int64_t, reply C.uintptr_t) C.int32_t {
	returned := false
	defer left(reply, &returned)
	value, status, why := customOf(context).Get(Bytes(key, int64(keyLen)))
	returned = true
	if status != 0 {
		return answer(reply, status, why)
	}
	return C.int32_t(StoreReplyValue(uintptr(reply), view(value)))
}

//export outgrowCustomSet
func outgrowCustomSet(context C.uintptr_t, key unsafe.Pointer, keyLen C.int64_t, value unsafe.Pointer, valueLen C.int64_t, reply C.uintptr_t) C.int32_t {
	returned := false
	defer left(reply, &returned)
	status, why := customOf(context).Set(Bytes(key, int64(keyLen)), Bytes(value, int64(valueLen)))
	returned = true
	return answer(reply, status, why)
}

//export outgrowCustomDelete
func outgrowCustomDelete(context C.uintptr_t, key unsafe.Pointer, keyLen C.int64_t, reply C.uintptr_t) C.int32_t {
	returned := false
	defer left(reply, &returned)
	status, why := customOf(context).Delete(Bytes(key, int64(keyLen)))
	returned = true
	return answer(reply, status, why)
}

//export outgrowCustomBatchWrite
func outgrowCustomBatchWrite(context, batch, reply C.uintptr_t) C.int32_t {
	returned := false
	defer left(reply, &returned)
	status, why := customOf(context).BatchWrite(uintptr(batch))
	returned = true
	return answer(reply, status, why)
}

//export outgrowCustomRelease
func outgrowCustomRelease(context C.uintptr_t) { cgo.Handle(context).Delete() }

// A goroutine that ends itself (runtime.Goexit, a test's Fatal) leaves the library's frames behind without a
// return: what they hold, such as the key's lock, is given back here.
func left(reply C.uintptr_t, returned *bool) {
	if !*returned {
		StoreReplyAbandon(uintptr(reply))
	}
}

func answer(reply C.uintptr_t, status int32, why string) C.int32_t {
	if status != 0 && why != "" {
		StoreReplyError(uintptr(reply), why)
	}
	return C.int32_t(status)
}

func view(b []byte) string { return *(*string)(unsafe.Pointer(&b)) }
