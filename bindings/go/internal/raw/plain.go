// SPDX-License-Identifier: Apache-2.0

package raw

// #include "outgrow.h"
import "C"

import "unsafe"

// Calls as one writes them by hand, for the benchmarks to hold the others against; nothing else uses
// them, so that no program holds them. PlainVersion is the floor: a crossing and no more.

func PlainVersion() { C.og_version() }

func PlainLimiterAcquire(limiter uintptr, key []byte, cost int64) int64 {
	first := unsafe.Pointer(&key[0])
	return int64(C.og_limiter_acquire(*(**C.og_limiter)(unsafe.Pointer(&limiter)), first, C.int64_t(len(key)), C.int64_t(cost)))
}

func PlainBreakerEnter(breaker uintptr) int64 {
	return int64(C.og_breaker_enter(*(**C.og_breaker)(unsafe.Pointer(&breaker))))
}

func PlainBalancerPick(balancer uintptr, key []byte) int32 {
	first := unsafe.Pointer(&key[0])
	return int32(C.og_balancer_pick(*(**C.og_balancer)(unsafe.Pointer(&balancer)), first, C.int64_t(len(key))))
}

func PlainShardsOf(shards uintptr, key []byte) int32 {
	first := unsafe.Pointer(&key[0])
	return int32(C.og_shards_of(*(**C.og_shards)(unsafe.Pointer(&shards)), first, C.int64_t(len(key))))
}

func PlainCacheGet(cache uintptr, key, out []byte) int64 {
	first, room := unsafe.Pointer(&key[0]), unsafe.Pointer(&out[0])
	return int64(C.og_cache_get(*(**C.og_cache)(unsafe.Pointer(&cache)), first, C.int64_t(len(key)), room, C.int64_t(len(out))))
}
