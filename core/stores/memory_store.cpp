// SPDX-License-Identifier: Apache-2.0
#include "core/stores/memory_store.h"

#include "core/stores/store_kind.h"

namespace og {

MemoryStore::MemoryStore(ClockPtr clock) : Store(std::move(clock)) {
  for (Shard& shard : shards_) shard.values = Values(0, hash_);
}

Result<std::optional<std::string>> MemoryStore::do_get(std::string_view key) {
  Shard& shard = shards_[shard_of(key)];
  ForkLock lock(shard.mutex);
  auto found = shard.values.find(key);
  if (found == shard.values.end()) return std::nullopt;
  return found->second;
}

Result<void> MemoryStore::do_write(std::span<const StoreWrite> batch) {
  uint32_t touched = 0;
  for (const StoreWrite& write : batch) touched |= 1u << shard_of(write.key);
  std::array<std::unique_lock<ForkMutex>, kShards> locks;
  for (size_t i = kShards;
       i-- > 0;) {  // in one order, the newest first: no two batches wait for each other
    if (touched & (1u << i)) locks[i] = std::unique_lock(shards_[i].mutex);
  }
  for (const StoreWrite& write : batch) {
    auto& values = shards_[shard_of(write.key)].values;
    auto found = values.find(write.key);
    if (!write.value) {
      if (found != values.end()) values.erase(found);
    } else if (found != values.end()) {
      found->second.assign(*write.value);
    } else {
      values.emplace(write.key, *write.value);
    }
  }
  return {};
}

constinit const StoreKind kMemoryStore{
    "memory",
    "this process's memory",
    {},
    [](const Config&, ClockPtr clock) -> Result<std::unique_ptr<Store>> {
      return std::make_unique<MemoryStore>(std::move(clock));
    }};

}  // namespace og
