// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "core/base/fork_mutex.h"

namespace og {

// A lock a key, shared by the keys whose hashes end alike. Puts writes to one key in one order,
// here the same order in a store and in a cache.
class KeyLocks {
 public:
  ForkMutex& of(uint64_t hash) noexcept { return locks_[hash % locks_.size()].mutex; }

 private:
  struct alignas(64) Lock {
    ForkMutex mutex{ForkMutex::InChild::kFree};
  };
  std::array<Lock, 256> locks_;
};

}  // namespace og
