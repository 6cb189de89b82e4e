/* SPDX-License-Identifier: Apache-2.0 */
#include "custom_store.h"

#include "_cgo_export.h"

static og_status get(void *context, const void *key, int64_t key_len, og_store_reply *reply) {
  return outgrowCustomGet((uintptr_t)context, (void *)key, key_len, (uintptr_t)reply);
}

static og_status set(void *context, const void *key, int64_t key_len, const void *value,
                     int64_t value_len, og_store_reply *reply) {
  return outgrowCustomSet((uintptr_t)context, (void *)key, key_len, (void *)value, value_len,
                          (uintptr_t)reply);
}

static og_status delete_(void *context, const void *key, int64_t key_len, og_store_reply *reply) {
  return outgrowCustomDelete((uintptr_t)context, (void *)key, key_len, (uintptr_t)reply);
}

static og_status batch_write(void *context, const og_batch *batch, og_store_reply *reply) {
  return outgrowCustomBatchWrite((uintptr_t)context, (uintptr_t)batch, (uintptr_t)reply);
}

static void release(void *context) { outgrowCustomRelease((uintptr_t)context); }

custom_store_answer custom_store_create(uintptr_t context, uintptr_t clock) {
  og_store_functions functions = {sizeof functions, (void *)context, get,    set,
                                  delete_,          batch_write,     release};
  custom_store_answer a = {0, NULL, NULL};
  a.status = og_store_create_custom(&functions, (const og_clock *)clock, &a.out, &a.error);
  return a;
}
