// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

namespace {

void use(bool whole, og_store* store) {
  og_batch* batch = nullptr;
  og_value* value = nullptr;
  og_error* error = nullptr;
  held(whole, og_store_set(store, "key", 3, "value", 5, &error));
  og_error_destroy(&error);
  if (held(whole, og_batch_create(&batch, nullptr)) && batch) {
    held(whole, og_batch_set(batch, "a", 1, "1", 1));
    held(whole, og_batch_set(batch, "a key too long to lie in its string", 35, "2", 1));
    held(whole, og_batch_delete(batch, "key", 3));
    held(whole, og_store_batch_write(store, batch, &error));
    og_error_destroy(&error);
  }
  int64_t size = og_store_get(store, "a", 1, &value, &error);
  if (size != OG_ABSENT || whole) held(whole, size == 1 ? OG_OK : static_cast<og_status>(size));
  og_value_destroy(&value);
  og_error_destroy(&error);
  held(whole, og_store_delete(store, "a", 1, &error));
  og_error_destroy(&error);
  og_batch_destroy(&batch);
}

void run_kind(bool whole, const char* kind, const char* path) {
  og_config* config = nullptr;
  og_store* store = nullptr;
  og_error* error = nullptr;
  held(whole, og_config_create(&config, nullptr));
  og_status named = og_config_set(config, "path", path);
  og_status set = named == OG_OK ? og_config_set(config, "kind", kind) : named;
  if (config && held(whole, set) && set == OG_OK) {
    og_status made = og_store_create(config, nullptr, &store, &error);
    if (made != OG_UNSUPPORTED) held(whole, made);  // a build without SQLite
  }
  og_error_destroy(&error);
  if (store) use(whole, store);
  og_store_destroy(&store);
  og_config_destroy(&config);
}

void run(bool whole) {
  run_kind(whole, "memory", "");
  run_kind(whole, "sqlite", ":memory:");
}

const allocation::Register kStore({"store", run, nullptr});

}  // namespace
