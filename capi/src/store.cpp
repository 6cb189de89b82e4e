// SPDX-License-Identifier: Apache-2.0
#include "outgrow/store.h"

#include "capi/src/add_metrics.h"
#include "capi/src/batch.h"
#include "capi/src/custom_store.h"
#include "capi/src/guard.h"
#include "capi/src/value.h"
#include "core/stores/open_store.h"

using namespace og::capi;

namespace {

template <class F>
og_status guarded(og_store* store, bool valid_arguments, og_error** error, F&& f) {
  return guard(error, [&]() -> og::Result<void> {
    if (!store) return og::fail(og::Status::kNullHandle, "store is NULL");
    if (!valid_arguments) {
      return og::fail(og::Status::kInvalidArgument, "a pointer is NULL or a length negative");
    }
    return f(*store->store);
  });
}

}  // namespace

og_status og_store_create(const og_config* config, const og_clock* clock, og_store** out,
                          og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_store> {
    auto store = og::open_store(config_or_empty(config), clock_or_system(clock));
    if (!store) return tl::unexpected(store.error());
    return og_store{std::move(*store)};
  });
}

og_status og_store_create_custom(const og_store_functions* functions, const og_clock* clock,
                                 og_store** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_store> {
    if (!functions) return og::fail(og::Status::kInvalidArgument, "functions is NULL");
    auto store = CustomStore::create(*functions, clock_or_system(clock));
    if (!store) return tl::unexpected(store.error());
    return og_store{std::move(*store)};
  });
}

void og_store_destroy(og_store** store) { destroy(store); }

int64_t og_store_get(og_store* store, const void* key, int64_t key_len, og_value** out,
                     og_error** error) {
  if (out) *out = nullptr;
  int64_t size = OG_ABSENT;
  auto read = [&](og::Store& s) -> og::Result<void> {
    auto found = s.get(bytes(key, key_len));
    if (!found) return tl::unexpected(found.error());
    if (!*found) return {};
    if ((*found)->size() > static_cast<size_t>(og::kMaxCacheValueBytes)) {
      return og::fail(og::Status::kUnsupported, "the value is larger than 2 GiB");
    }
    *out = hand_out(og::CacheValue::copy_of(**found));
    size = static_cast<int64_t>((*found)->size());
    return {};
  };
  og_status status = guarded(store, valid(key, key_len) && out, error, read);
  return status == OG_OK ? size : status;
}

og_status og_store_set(og_store* store, const void* key, int64_t key_len, const void* value,
                       int64_t value_len, og_error** error) {
  return guarded(store, valid(key, key_len) && valid(value, value_len), error,
                 [&](og::Store& s) { return s.set(bytes(key, key_len), bytes(value, value_len)); });
}

og_status og_store_delete(og_store* store, const void* key, int64_t key_len, og_error** error) {
  return guarded(store, valid(key, key_len), error,
                 [&](og::Store& s) { return s.erase(bytes(key, key_len)); });
}

og_status og_store_batch_write(og_store* store, const og_batch* batch, og_error** error) {
  return guarded(store, batch != nullptr, error,
                 [&](og::Store& s) { return s.write(batch->writes); });
}

og_status og_metrics_add_store(og_metrics* metrics, const char* name, const og_store* store,
                               og_error** error) {
  return add_metrics(metrics, "store", name, store, error);
}
