// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <string>
#include <unordered_map>

#include "core/base/fork_mutex.h"
#include "core/base/hash.h"
#include "core/base/store.h"

namespace og {

// Hash maps under one lock each. A batch holds the locks of all shards that it touches, so readers
// see all of it or nothing. For tests, and for what is cheap to lose; a child process has a copy of
// its own.
class MemoryStore final : public Store {
 public:
  explicit MemoryStore(ClockPtr clock) : Store(std::move(clock)) {}

  const char* kind() const override { return "memory"; }

 private:
  static constexpr size_t kShards = 16;
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const { return hash64(key); }
  };
  struct alignas(64) Shard {
    ForkMutex mutex;
    std::unordered_map<std::string, std::string, Hash, std::equal_to<>> values;
  };

  Result<std::optional<std::string>> do_get(std::string_view key) override;
  Result<void> do_write(std::span<const StoreWrite> batch) override;

  // The map's buckets use the low bits, so shards use the high ones.
  static size_t shard_of(std::string_view key) { return hash64(key) >> 60; }

  std::array<Shard, kShards> shards_;
};

}  // namespace og
