// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <string>
#include <unordered_map>

#include "core/base/fork_mutex.h"
#include "core/base/hash.h"
#include "core/base/random.h"
#include "core/base/store.h"

namespace og {

// Hash maps under one lock each, whose hashes no client can guess. A batch holds the locks of all
// shards that it touches, so readers see all of it or nothing. For tests, and for what is cheap to
// lose; a child process has a copy of its own.
class MemoryStore final : public Store {
 public:
  explicit MemoryStore(ClockPtr clock);

  const char* kind() const override { return "memory"; }
  uint64_t hash_of(std::string_view key) const { return hash_(key); }

 private:
  static constexpr size_t kShards = 16;
  struct Hash {
    using is_transparent = void;
    Hash() : seed(0) {}
    explicit Hash(uint64_t s) : seed(s) {}
    uint64_t seed;
    size_t operator()(std::string_view key) const { return hash64(key, seed); }
  };
  using Values = std::unordered_map<std::string, std::string, Hash, std::equal_to<>>;
  struct alignas(64) Shard {
    ForkMutex mutex;
    Values values OG_GUARDED_BY(mutex);
  };

  Result<std::optional<std::string>> do_get(std::string_view key) override;
  // Holds as many locks as the batch touches shards: the analysis follows no array of them.
  Result<void> do_write(std::span<const StoreWrite> batch) override OG_NOT_ANALYSED;

  // The map's buckets use the low bits, so shards use the high ones.
  size_t shard_of(std::string_view key) const { return hash_(key) >> 60; }

  const Hash hash_{entropy_seed()};
  std::array<Shard, kShards> shards_;
};

}  // namespace og
