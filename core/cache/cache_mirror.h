// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <new>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/store.h"
#include "core/cache/cache.h"

namespace og {

// What a write leaves in the cache. Either withdraws the key's lease, so that no load which began
// before the write can fill over it; neither can fail: what finds no memory is forgotten instead.
inline void mirror(Cache& cache, std::string_view key, std::optional<std::string_view> value,
                   int64_t now_ns) noexcept {
  try {
    if (value) {
      cache.set_at(key, *value, {}, now_ns);
    } else {
      cache.set_absent_at(key, CachePut::kDefaultTtl, now_ns);
    }
  } catch (const std::bad_alloc&) {
    cache.erase_at(key, now_ns);
  }
}

// What a store answers, with exhausted memory as one of its errors.
inline Result<void> write_to(Store& store, std::span<const StoreWrite> writes) noexcept {
  try {
    return store.write(writes);
  } catch (const std::bad_alloc&) {
    return tl::unexpected(Error{Status::kNoMemory, {}, {}});
  }
}
inline Result<void> write_to(Store& store, std::string_view key,
                             std::optional<std::string_view> value) noexcept {
  try {
    return value ? store.set(key, *value) : store.erase(key);
  } catch (const std::bad_alloc&) {
    return tl::unexpected(Error{Status::kNoMemory, {}, {}});
  }
}

}  // namespace og
