/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that answer with more than a number, as functions that return a struct: an out parameter in
 * Go would be a heap allocation a call. Ranges of bytes are `const char *`, which cgo passes
 * unchecked: bytes hold no pointers.
 */
#ifndef OUTGROW_GO_HOT_H
#define OUTGROW_GO_HOT_H

#include <stdlib.h>

#include "outgrow.h"

typedef struct {
  int64_t wait, limit, remaining, reset_after;
} hot_standing;
typedef struct {
  int64_t ticket;
  int32_t index;
} hot_ticket;
typedef struct {
  int64_t outcome;
  og_value *value;
  const void *data;
  int64_t size, wait;
} hot_value;

static inline hot_value hot_value_of(int64_t outcome, og_value *value, int64_t wait) {
  hot_value out = {outcome, value, NULL, 0, wait};
  if (value) {
    out.data = og_value_data(value);
    out.size = og_value_size(value);
  }
  return out;
}

static inline hot_value hot_value_at(uintptr_t value) {
  return hot_value_of(0, (og_value *)value, 0);
}

/* ---- limiter ---- */

static inline int64_t hot_limiter_acquire(uintptr_t l, const char *key, int64_t len, int64_t cost) {
  return og_limiter_acquire((og_limiter *)l, key, len, cost);
}
static inline int64_t hot_limiter_acquire_at(uintptr_t l, const char *key, int64_t len,
                                             int64_t cost, int64_t now) {
  return og_limiter_acquire_at((og_limiter *)l, key, len, cost, now);
}
static inline int64_t hot_limiter_peek(uintptr_t l, const char *key, int64_t len, int64_t cost) {
  return og_limiter_peek((og_limiter *)l, key, len, cost);
}
static inline hot_standing hot_limiter_detailed(uintptr_t l, const char *key, int64_t len,
                                                int64_t cost) {
  hot_standing s = {0, 0, 0, 0};
  s.wait = og_limiter_acquire_detailed((og_limiter *)l, key, len, cost, &s.limit, &s.remaining,
                                       &s.reset_after);
  return s;
}
static inline hot_standing hot_limiter_detailed_at(uintptr_t l, const char *key, int64_t len,
                                                   int64_t cost, int64_t now) {
  hot_standing s = {0, 0, 0, 0};
  s.wait = og_limiter_acquire_detailed_at((og_limiter *)l, key, len, cost, now, &s.limit,
                                          &s.remaining, &s.reset_after);
  return s;
}

/* ---- balancer, replicas ---- */

static inline int32_t hot_balancer_pick(uintptr_t b, const char *key, int64_t len) {
  return og_balancer_pick((og_balancer *)b, key, len);
}
static inline hot_ticket hot_balancer_acquire(uintptr_t b, const char *key, int64_t len) {
  hot_ticket t = {0, OG_NONE};
  t.ticket = og_balancer_acquire((og_balancer *)b, key, len, &t.index);
  return t;
}
static inline hot_ticket hot_balancer_acquire_at(uintptr_t b, const char *key, int64_t len,
                                                 int64_t now) {
  hot_ticket t = {0, OG_NONE};
  t.ticket = og_balancer_acquire_at((og_balancer *)b, key, len, now, &t.index);
  return t;
}
static inline hot_ticket hot_replicas_acquire(uintptr_t r, int32_t write) {
  hot_ticket t = {0, OG_NONE};
  t.ticket = og_replicas_acquire((og_replicas *)r, write, &t.index);
  return t;
}
static inline hot_ticket hot_replicas_acquire_at(uintptr_t r, int32_t write, int64_t now) {
  hot_ticket t = {0, OG_NONE};
  t.ticket = og_replicas_acquire_at((og_replicas *)r, write, now, &t.index);
  return t;
}

/* ---- shards ---- */

static inline int32_t hot_shards_of(uintptr_t s, const char *key, int64_t len) {
  return og_shards_of((og_shards *)s, key, len);
}

/* ---- cache, store, cached store ---- */

static inline int64_t hot_cache_get(uintptr_t c, const char *key, int64_t len, char *out,
                                    int64_t capacity) {
  return og_cache_get((og_cache *)c, key, len, out, capacity);
}
static inline int64_t hot_cache_get_at(uintptr_t c, const char *key, int64_t len, int64_t now,
                                       char *out, int64_t capacity) {
  return og_cache_get_at((og_cache *)c, key, len, now, out, capacity);
}
static inline hot_value hot_cache_pin(uintptr_t c, const char *key, int64_t len) {
  og_value *value = NULL;
  int64_t outcome = og_cache_pin((og_cache *)c, key, len, &value);
  return hot_value_of(outcome, value, 0);
}
static inline hot_value hot_cache_pin_at(uintptr_t c, const char *key, int64_t len, int64_t now) {
  og_value *value = NULL;
  int64_t outcome = og_cache_pin_at((og_cache *)c, key, len, now, &value);
  return hot_value_of(outcome, value, 0);
}
static inline hot_value hot_cache_get_or_lease(uintptr_t c, const char *key, int64_t len) {
  og_value *value = NULL;
  int64_t wait = 0, outcome = og_cache_get_or_lease((og_cache *)c, key, len, &value, &wait);
  return hot_value_of(outcome, value, wait);
}
static inline hot_value hot_cache_get_or_lease_at(uintptr_t c, const char *key, int64_t len,
                                                  int64_t now) {
  og_value *value = NULL;
  int64_t wait = 0;
  int64_t outcome = og_cache_get_or_lease_at((og_cache *)c, key, len, now, &value, &wait);
  return hot_value_of(outcome, value, wait);
}
static inline int32_t hot_cache_set(uintptr_t c, const char *key, int64_t len, const char *value,
                                    int64_t value_len, int64_t ttl) {
  return og_cache_set((og_cache *)c, key, len, value, value_len, ttl);
}

/* ---- service ---- */

static inline hot_value hot_service_begin(uintptr_t s, int32_t operation, const char *client,
                                          int64_t client_len, const char *key, int64_t key_len) {
  og_value *value = NULL;
  int64_t wait = 0;
  int64_t outcome =
      og_service_begin((og_service *)s, operation, client, client_len, key, key_len, &value, &wait);
  return hot_value_of(outcome, value, wait);
}
static inline hot_value hot_service_begin_at(uintptr_t s, int32_t operation, const char *client,
                                             int64_t client_len, const char *key, int64_t key_len,
                                             int64_t now) {
  og_value *value = NULL;
  int64_t wait = 0;
  int64_t outcome = og_service_begin_at((og_service *)s, operation, client, client_len, key,
                                        key_len, now, &value, &wait);
  return hot_value_of(outcome, value, wait);
}

static inline int32_t hot_service_end(uintptr_t s, int64_t ticket, int32_t success, int64_t latency,
                                      const char *value, int64_t size, int64_t ttl) {
  return og_service_end((og_service *)s, ticket, success, latency, value, size, ttl);
}
static inline int32_t hot_service_end_at(uintptr_t s, int64_t ticket, int32_t success,
                                         int64_t latency, const char *value, int64_t size,
                                         int64_t ttl, int64_t now) {
  return og_service_end_at((og_service *)s, ticket, success, latency, value, size, ttl, now);
}

#endif
