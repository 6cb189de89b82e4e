// SPDX-License-Identifier: Apache-2.0
#include "capi/src/batch.h"

#include "capi/src/guard.h"
#include "core/cache/cached_store.h"

using namespace og::capi;

namespace {

og_status add(og_batch* batch, const void* key, int64_t key_len, const void* value,
              int64_t value_len, bool has_value) {
  return call<og_status>(batch, [&](og_batch& b) -> og_status {
    if (!valid(key, key_len) || !valid(value, value_len)) return OG_INVALID_ARGUMENT;
    if (b.from) return OG_INVALID_ARGUMENT;  // taken from a cached store: not ours to change
    og::StoreWrite write{b.bytes.emplace_back(bytes(key, key_len)), std::nullopt};
    if (has_value) write.value = b.bytes.emplace_back(bytes(value, value_len));
    b.writes.push_back(write);
    return OG_OK;
  });
}

}  // namespace

og_status og_batch_create(og_batch** out, og_error** error) {
  return guard_create(out, error, []() -> og::Result<og_batch> { return og_batch{}; });
}

void og_batch_destroy(og_batch** batch) {
  if (batch && *batch && (*batch)->from) {
    call<og_status>(*batch, [](og_batch& b) {
      og::Error error{og::Status::kStore, "the program destroyed the batch", {}};
      b.from->complete_at(b.taken, &error, b.from->now());
      return OG_OK;
    });
  }
  destroy(batch);
}

og_status og_batch_set(og_batch* batch, const void* key, int64_t key_len, const void* value,
                       int64_t value_len) {
  return add(batch, key, key_len, value, value_len, true);
}

og_status og_batch_delete(og_batch* batch, const void* key, int64_t key_len) {
  return add(batch, key, key_len, nullptr, 0, false);
}

int64_t og_batch_size(const og_batch* batch) {
  return call<int64_t>(batch, [](const og_batch& b) { return b.writes.size(); });
}

og_status og_batch_at(const og_batch* batch, int64_t index, const void** key, int64_t* key_len,
                      const void** value, int64_t* value_len) {
  if (key) *key = nullptr;
  if (key_len) *key_len = 0;
  if (value) *value = nullptr;
  if (value_len) *value_len = 0;
  return call<og_status>(batch, [&](const og_batch& b) -> og_status {
    if (index < 0 || index >= static_cast<int64_t>(b.writes.size())) return OG_INVALID_ARGUMENT;
    const og::StoreWrite& write = b.writes[static_cast<size_t>(index)];
    if (key) *key = write.key.data();
    if (key_len) *key_len = static_cast<int64_t>(write.key.size());
    if (!write.value) return OG_ABSENT;
    if (value) *value = write.value->data();
    if (value_len) *value_len = static_cast<int64_t>(write.value->size());
    return OG_OK;
  });
}
