// SPDX-License-Identifier: Apache-2.0

package raw

// #include <stdlib.h>
// #include "host_store.h"
import "C"

import (
	"runtime/cgo"
	"unsafe"
)

// Host is a store of the host's. Keys and values are views of the library's memory, good until the
// function returns; it must not panic, but may end its goroutine. A status that is not 0 comes with why.
type Host interface {
	Get(key []byte) (value []byte, status int32, why string)
	Set(key, value []byte) (status int32, why string)
	Delete(key []byte) (status int32, why string)
	BatchWrite(batch uintptr) (status int32, why string)
}

// HostStoreCreate makes a store of host. The library gives host up with the last handle to the store.
func HostStoreCreate(host Host, clock uintptr, out, failed *uintptr) int32 {
	context := cgo.NewHandle(host)
	status := C.host_store_create(C.uintptr_t(context), C.uintptr_t(clock), (*C.uintptr_t)(unsafe.Pointer(out)), (*C.uintptr_t)(unsafe.Pointer(failed)))
	if status != 0 {
		context.Delete()
	}
	return int32(status)
}

func hostOf(context C.uintptr_t) Host { return cgo.Handle(context).Value().(Host) }

//export outgrowHostGet
func outgrowHostGet(context C.uintptr_t, key unsafe.Pointer, keyLen C.int64_t, reply C.uintptr_t) C.int32_t {
	returned := false
	defer left(reply, &returned)
	value, status, why := hostOf(context).Get(Bytes(key, int64(keyLen)))
	returned = true
	if status != 0 {
		return answer(reply, status, why)
	}
	return C.int32_t(Og_store_reply_value(uintptr(reply), view(value)))
}

//export outgrowHostSet
func outgrowHostSet(context C.uintptr_t, key unsafe.Pointer, keyLen C.int64_t, value unsafe.Pointer, valueLen C.int64_t, reply C.uintptr_t) C.int32_t {
	returned := false
	defer left(reply, &returned)
	status, why := hostOf(context).Set(Bytes(key, int64(keyLen)), Bytes(value, int64(valueLen)))
	returned = true
	return answer(reply, status, why)
}

//export outgrowHostDelete
func outgrowHostDelete(context C.uintptr_t, key unsafe.Pointer, keyLen C.int64_t, reply C.uintptr_t) C.int32_t {
	returned := false
	defer left(reply, &returned)
	status, why := hostOf(context).Delete(Bytes(key, int64(keyLen)))
	returned = true
	return answer(reply, status, why)
}

//export outgrowHostBatchWrite
func outgrowHostBatchWrite(context, batch, reply C.uintptr_t) C.int32_t {
	returned := false
	defer left(reply, &returned)
	status, why := hostOf(context).BatchWrite(uintptr(batch))
	returned = true
	return answer(reply, status, why)
}

//export outgrowHostRelease
func outgrowHostRelease(context C.uintptr_t) { cgo.Handle(context).Delete() }

// A goroutine that ends itself (runtime.Goexit, a test's Fatal) leaves the library's frames behind without a
// return: what they hold, such as the key's lock, is given back here.
func left(reply C.uintptr_t, returned *bool) {
	if !*returned {
		Og_store_reply_abandon(uintptr(reply))
	}
}

func answer(reply C.uintptr_t, status int32, why string) C.int32_t {
	if status != 0 && why != "" {
		Og_store_reply_error(uintptr(reply), why)
	}
	return C.int32_t(status)
}

func view(b []byte) string { return *(*string)(unsafe.Pointer(&b)) }

// StoreAnswer is what a get of a store answered. Failed, if not 0, is the caller's to destroy.
type StoreAnswer struct {
	Value
	Failed uintptr
	Source int32
}

func StoreGet(store uintptr, key string) StoreAnswer {
	return storeAnswer(C.host_store_get(C.uintptr_t(store), bytesOf(&key), C.int64_t(len(key))))
}

func CachedStoreGet(store uintptr, key string) StoreAnswer {
	return storeAnswer(C.host_cached_store_get(C.uintptr_t(store), bytesOf(&key), C.int64_t(len(key))))
}

func CachedStoreGetAt(store uintptr, key string, now int64) StoreAnswer {
	return storeAnswer(C.host_cached_store_get_at(C.uintptr_t(store), bytesOf(&key), C.int64_t(len(key)), C.int64_t(now)))
}

func storeAnswer(a C.store_answer) StoreAnswer {
	return StoreAnswer{
		Value:  Value{int64(a.outcome), uintptr(unsafe.Pointer(a.value)), a.data, int64(a.size), 0},
		Failed: uintptr(unsafe.Pointer(a.error)),
		Source: int32(a.source),
	}
}
