// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <new>

namespace og {

// A lock a key, shared by the keys whose hashes end alike. Puts writes to one key in one order,
// here the same order in a store and in a cache.
class KeyLocks {
 public:
  std::mutex& of(uint64_t hash) noexcept { return locks_[hash % locks_.size()].mutex; }

  // They guard no data, and the threads that held them stayed in the parent process.
  void after_fork_in_child() noexcept {
    for (Lock& each : locks_) new (&each) Lock;
  }

 private:
  struct alignas(64) Lock {
    std::mutex mutex;
  };
  std::array<Lock, 256> locks_;
};

}  // namespace og
