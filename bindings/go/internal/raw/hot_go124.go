// SPDX-License-Identifier: Apache-2.0

//go:build go1.24

package raw

// These neither keep what they are given nor call back into Go.

// #cgo noescape hot_limiter_acquire
// #cgo nocallback hot_limiter_acquire
// #cgo noescape hot_limiter_acquire_at
// #cgo nocallback hot_limiter_acquire_at
// #cgo noescape hot_limiter_peek
// #cgo nocallback hot_limiter_peek
// #cgo noescape hot_limiter_detailed
// #cgo nocallback hot_limiter_detailed
// #cgo noescape hot_limiter_detailed_at
// #cgo nocallback hot_limiter_detailed_at
// #cgo noescape hot_balancer_pick
// #cgo nocallback hot_balancer_pick
// #cgo noescape hot_balancer_acquire
// #cgo nocallback hot_balancer_acquire
// #cgo noescape hot_balancer_acquire_at
// #cgo nocallback hot_balancer_acquire_at
// #cgo nocallback hot_replicas_acquire
// #cgo nocallback hot_replicas_acquire_at
// #cgo noescape hot_shards_of
// #cgo nocallback hot_shards_of
// #cgo noescape hot_cache_get
// #cgo nocallback hot_cache_get
// #cgo noescape hot_cache_get_at
// #cgo nocallback hot_cache_get_at
// #cgo noescape hot_cache_pin
// #cgo nocallback hot_cache_pin
// #cgo noescape hot_cache_pin_at
// #cgo nocallback hot_cache_pin_at
// #cgo noescape hot_cache_get_or_lease
// #cgo nocallback hot_cache_get_or_lease
// #cgo noescape hot_cache_get_or_lease_at
// #cgo nocallback hot_cache_get_or_lease_at
// #cgo noescape hot_cache_set
// #cgo nocallback hot_cache_set
// #cgo noescape hot_service_begin
// #cgo nocallback hot_service_begin
// #cgo noescape hot_service_begin_at
// #cgo nocallback hot_service_begin_at
import "C"
