// SPDX-License-Identifier: Apache-2.0
#include "core/cache/cache_entry.h"

#include <cstring>
#include <new>

namespace og {

CacheEntry* CacheEntry::make(uint64_t hash, std::string_view key, std::string_view value) {
  void* memory = ::operator new(sizeof(CacheEntry) + key.size() + value.size());
  auto* entry = new (memory) CacheEntry;
  entry->hash = hash;
  entry->key_size = static_cast<uint32_t>(key.size());
  entry->value_size = static_cast<uint32_t>(value.size());
  char* bytes = reinterpret_cast<char*>(entry + 1);
  if (!key.empty()) std::memcpy(bytes, key.data(), key.size());
  if (!value.empty()) std::memcpy(bytes + key.size(), value.data(), value.size());
  return entry;
}

void CacheEntry::unref() noexcept {
  if (refs.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  this->~CacheEntry();
  ::operator delete(this);
}

}  // namespace og
