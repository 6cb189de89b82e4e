// SPDX-License-Identifier: Apache-2.0

package raw

// #include "many.h"
import "C"

import (
	"sync"
	"time"
	"unsafe"
)

// Keys gathered to cross at once, in memory that is kept for the next call.
type gathered struct {
	bytes []byte
	lens  []int64
}

var pool = sync.Pool{New: func() any { return new(gathered) }}

const keptBytes = 1 << 20 // more than this is left to the garbage collector

func gather(keys []string) *gathered {
	g := pool.Get().(*gathered)
	g.bytes, g.lens = g.bytes[:0], g.lens[:0]
	for _, key := range keys {
		g.bytes = append(g.bytes, key...)
		g.lens = append(g.lens, int64(len(key)))
	}
	return g
}

func (g *gathered) release() {
	if cap(g.bytes) <= keptBytes && cap(g.lens) <= keptBytes {
		pool.Put(g)
	}
}

func (g *gathered) data() *C.char     { return spaceOf(&g.bytes) }
func (g *gathered) sizes() *C.int64_t { return int64s(g.lens) }
func (g *gathered) count() C.int64_t  { return C.int64_t(len(g.lens)) }

// A slice begins with the pointer to its elements; unsafe.SliceData says so from Go 1.20 on.
func int64s(s []int64) *C.int64_t           { return *(**C.int64_t)(unsafe.Pointer(&s)) }
func int32s(s []int32) *C.int32_t           { return *(**C.int32_t)(unsafe.Pointer(&s)) }
func handles(s []uintptr) *C.uintptr_t      { return *(**C.uintptr_t)(unsafe.Pointer(&s)) }
func Nanoseconds(d []time.Duration) []int64 { return *(*[]int64)(unsafe.Pointer(&d)) }

func LimiterAcquireMany(limiter uintptr, keys []string, costs []int64, now *int64, waits []int64) int64 {
	g := gather(keys)
	defer g.release()
	if now != nil {
		return int64(C.many_limiter_acquire_at(C.uintptr_t(limiter), g.data(), g.sizes(), int64s(costs), g.count(), C.int64_t(*now), int64s(waits)))
	}
	return int64(C.many_limiter_acquire(C.uintptr_t(limiter), g.data(), g.sizes(), int64s(costs), g.count(), int64s(waits)))
}

// BalancerPickMany picks len(out) times; without keys when keys is nil.
func BalancerPickMany(balancer uintptr, keys []string, out []int32) int32 {
	if keys == nil {
		return int32(C.many_balancer_pick(C.uintptr_t(balancer), nil, nil, C.int64_t(len(out)), int32s(out)))
	}
	g := gather(keys)
	defer g.release()
	return int32(C.many_balancer_pick(C.uintptr_t(balancer), g.data(), g.sizes(), g.count(), int32s(out)))
}

func CachePinMany(cache uintptr, keys []string, now *int64, out []uintptr, outcomes []int64) int64 {
	g := gather(keys)
	defer g.release()
	if now != nil {
		return int64(C.many_cache_pin_at(C.uintptr_t(cache), g.data(), g.sizes(), g.count(), C.int64_t(*now), handles(out), int64s(outcomes)))
	}
	return int64(C.many_cache_pin(C.uintptr_t(cache), g.data(), g.sizes(), g.count(), handles(out), int64s(outcomes)))
}

func CachedStoreGetMany(store uintptr, keys []string, now *int64, out []uintptr, outcomes []int64) int64 {
	g := gather(keys)
	defer g.release()
	if now != nil {
		return int64(C.many_cached_store_get_at(C.uintptr_t(store), g.data(), g.sizes(), g.count(), C.int64_t(*now), handles(out), int64s(outcomes)))
	}
	return int64(C.many_cached_store_get(C.uintptr_t(store), g.data(), g.sizes(), g.count(), handles(out), int64s(outcomes)))
}

func ShardsOfMany(shards uintptr, keys []string, out []int32) int32 {
	g := gather(keys)
	defer g.release()
	return int32(C.many_shards_of(C.uintptr_t(shards), g.data(), g.sizes(), g.count(), int32s(out)))
}

func ShardsCreate(config uintptr, splits []string, out, failed *uintptr) int32 {
	g := gather(splits)
	defer g.release()
	return int32(C.many_shards_create(C.uintptr_t(config), g.data(), g.sizes(), g.count(), (*C.uintptr_t)(unsafe.Pointer(out)), (*C.uintptr_t)(unsafe.Pointer(failed))))
}

// QueryRowMany hands in rows with keys, or without when keys is nil.
func QueryRowMany(query uintptr, shard int32, keys, rows []string, now *int64) int32 {
	r := gather(rows)
	defer r.release()
	var at *C.int64_t
	if now != nil {
		at = (*C.int64_t)(unsafe.Pointer(now))
	}
	if keys == nil {
		return int32(C.many_query_row(C.uintptr_t(query), C.int32_t(shard), nil, nil, r.data(), r.sizes(), r.count(), at))
	}
	k := gather(keys)
	defer k.release()
	return int32(C.many_query_row(C.uintptr_t(query), C.int32_t(shard), k.data(), k.sizes(), r.data(), r.sizes(), r.count(), at))
}
