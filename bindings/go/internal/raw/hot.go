// SPDX-License-Identifier: Apache-2.0

package raw

// #include "hot.h"
import "C"

import "unsafe"

// The calls of hot.h, none of which allocates or copies its keys. A key on the caller's stack stays
// there with Go 1.24 or newer, see hot_go124.go.

// Standing is what a limiter's key may take.
type Standing struct{ Wait, Limit, Remaining, ResetAfter int64 }

// Value is an outcome and the value that came with it: Handle is 0 for none, and the caller's to
// destroy; Data is good until then.
type Value struct {
	Outcome int64
	Handle  uintptr
	Data    unsafe.Pointer
	Size    int64
	Wait    int64
}

// A string begins with the pointer to its bytes; unsafe.StringData says so from Go 1.20 on.
func bytesOf(s *string) *C.char { return *(**C.char)(unsafe.Pointer(s)) }

func LimiterAcquire(limiter uintptr, key string, cost int64) int64 {
	return int64(C.hot_limiter_acquire(C.uintptr_t(limiter), bytesOf(&key), C.int64_t(len(key)), C.int64_t(cost)))
}

func LimiterAcquireAt(limiter uintptr, key string, cost, now int64) int64 {
	return int64(C.hot_limiter_acquire_at(C.uintptr_t(limiter), bytesOf(&key), C.int64_t(len(key)), C.int64_t(cost), C.int64_t(now)))
}

func LimiterPeek(limiter uintptr, key string, cost int64) int64 {
	return int64(C.hot_limiter_peek(C.uintptr_t(limiter), bytesOf(&key), C.int64_t(len(key)), C.int64_t(cost)))
}

func LimiterDetailed(limiter uintptr, key string, cost int64) Standing {
	return standing(C.hot_limiter_detailed(C.uintptr_t(limiter), bytesOf(&key), C.int64_t(len(key)), C.int64_t(cost)))
}

func LimiterDetailedAt(limiter uintptr, key string, cost, now int64) Standing {
	return standing(C.hot_limiter_detailed_at(C.uintptr_t(limiter), bytesOf(&key), C.int64_t(len(key)), C.int64_t(cost), C.int64_t(now)))
}

func standing(s C.hot_standing) Standing {
	return Standing{int64(s.wait), int64(s.limit), int64(s.remaining), int64(s.reset_after)}
}

func BalancerPick(balancer uintptr, key string) int32 {
	return int32(C.hot_balancer_pick(C.uintptr_t(balancer), bytesOf(&key), C.int64_t(len(key))))
}

func BalancerAcquire(balancer uintptr, key string) (ticket int64, endpoint int32) {
	t := C.hot_balancer_acquire(C.uintptr_t(balancer), bytesOf(&key), C.int64_t(len(key)))
	return int64(t.ticket), int32(t.index)
}

func BalancerAcquireAt(balancer uintptr, key string, now int64) (ticket int64, endpoint int32) {
	t := C.hot_balancer_acquire_at(C.uintptr_t(balancer), bytesOf(&key), C.int64_t(len(key)), C.int64_t(now))
	return int64(t.ticket), int32(t.index)
}

func ReplicasAcquire(replicas uintptr, write int32) (ticket int64, node int32) {
	t := C.hot_replicas_acquire(C.uintptr_t(replicas), C.int32_t(write))
	return int64(t.ticket), int32(t.index)
}

func ReplicasAcquireAt(replicas uintptr, write int32, now int64) (ticket int64, node int32) {
	t := C.hot_replicas_acquire_at(C.uintptr_t(replicas), C.int32_t(write), C.int64_t(now))
	return int64(t.ticket), int32(t.index)
}

func ShardsOf(shards uintptr, key string) int32 {
	return int32(C.hot_shards_of(C.uintptr_t(shards), bytesOf(&key), C.int64_t(len(key))))
}

// CacheGet copies into out[:cap(out)].
func CacheGet(cache uintptr, key string, out []byte) int64 {
	return int64(C.hot_cache_get(C.uintptr_t(cache), bytesOf(&key), C.int64_t(len(key)), spaceOf(&out), C.int64_t(cap(out))))
}

func CacheGetAt(cache uintptr, key string, now int64, out []byte) int64 {
	return int64(C.hot_cache_get_at(C.uintptr_t(cache), bytesOf(&key), C.int64_t(len(key)), C.int64_t(now), spaceOf(&out), C.int64_t(cap(out))))
}

func spaceOf(b *[]byte) *C.char { return *(**C.char)(unsafe.Pointer(b)) }

func CachePin(cache uintptr, key string) Value {
	return value(C.hot_cache_pin(C.uintptr_t(cache), bytesOf(&key), C.int64_t(len(key))))
}

func CachePinAt(cache uintptr, key string, now int64) Value {
	return value(C.hot_cache_pin_at(C.uintptr_t(cache), bytesOf(&key), C.int64_t(len(key)), C.int64_t(now)))
}

func CacheGetOrLease(cache uintptr, key string) Value {
	return value(C.hot_cache_get_or_lease(C.uintptr_t(cache), bytesOf(&key), C.int64_t(len(key))))
}

func CacheGetOrLeaseAt(cache uintptr, key string, now int64) Value {
	return value(C.hot_cache_get_or_lease_at(C.uintptr_t(cache), bytesOf(&key), C.int64_t(len(key)), C.int64_t(now)))
}

func CacheSet(cache uintptr, key, value string, ttl int64) int32 {
	return int32(C.hot_cache_set(C.uintptr_t(cache), bytesOf(&key), C.int64_t(len(key)), bytesOf(&value), C.int64_t(len(value)), C.int64_t(ttl)))
}

func ServiceBegin(service uintptr, operation int32, client, key string) Value {
	return value(C.hot_service_begin(C.uintptr_t(service), C.int32_t(operation), bytesOf(&client), C.int64_t(len(client)), bytesOf(&key), C.int64_t(len(key))))
}

func ServiceBeginAt(service uintptr, operation int32, client, key string, now int64) Value {
	return value(C.hot_service_begin_at(C.uintptr_t(service), C.int32_t(operation), bytesOf(&client), C.int64_t(len(client)), bytesOf(&key), C.int64_t(len(key)), C.int64_t(now)))
}

// ServiceEnd takes size for the value's, which may be a negative one that says what to keep.
func ServiceEnd(service uintptr, ticket int64, success int32, latency int64, value string, size, ttl int64, now *int64) int32 {
	if now != nil {
		return int32(C.hot_service_end_at(C.uintptr_t(service), C.int64_t(ticket), C.int32_t(success), C.int64_t(latency), bytesOf(&value), C.int64_t(size), C.int64_t(ttl), C.int64_t(*now)))
	}
	return int32(C.hot_service_end(C.uintptr_t(service), C.int64_t(ticket), C.int32_t(success), C.int64_t(latency), bytesOf(&value), C.int64_t(size), C.int64_t(ttl)))
}

func value(v C.hot_value) Value {
	return Value{int64(v.outcome), uintptr(unsafe.Pointer(v.value)), v.data, int64(v.size), int64(v.wait)}
}

// ValueOf is what a handle refers to.
func ValueOf(handle uintptr) Value {
	return value(C.hot_value_at(C.uintptr_t(handle)))
}
