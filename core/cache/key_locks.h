// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <utility>

#include "core/base/fork_mutex.h"

namespace og {

// A lock a key, shared by the keys whose hashes end alike. Puts writes to one key in one order,
// here the same order in a store and in a cache. Hashes are to be seeded: a client who knows them
// can name keys that wait for each other.
//
// A store of the program's own may write other keys while it writes one. Its thread then has the
// lock that it holds for all keys of that lock. For another lock it waits a second at most, because
// the thread that holds that one may wait for this thread's.
class KeyLocks {
  struct Lock;

 public:
  // Holds the key's lock, unless that took too long or the caller was interrupted.
  class Hold {
   public:
    Hold(KeyLocks& locks, uint64_t hash) : lock_(&locks.of(hash)) {
      if (!lock_->enter()) lock_ = nullptr;
    }
    ~Hold() { end(); }
    void end() noexcept {
      if (Lock* held = std::exchange(lock_, nullptr)) held->leave();
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    explicit operator bool() const noexcept { return lock_ != nullptr; }

   private:
    Lock* lock_;
  };

 private:
  inline static thread_local int t_held = 0;  // this thread's holds, of all cached stores

  struct alignas(64) Lock {
    ForkMutex mutex{ForkMutex::InChild::kFree};
    int depth OG_GUARDED_BY(mutex) = 0;

    // Taken here if need be, and given back by the last leave(): the analysis does not follow.
    bool enter() OG_NOT_ANALYSED {
      if (!mutex.is_mine()) {
        auto end = Patience::Time::max();
        if (t_held > 0) end = Patience::Clock::now() + std::chrono::seconds(1);
        if (!mutex.lock_until(end)) return false;
        depth = 0;
      }
      ++depth;
      ++t_held;
      return true;
    }
    void leave() noexcept OG_NOT_ANALYSED {
      --t_held;
      if (--depth == 0) mutex.unlock();
    }
  };
  Lock& of(uint64_t hash) noexcept { return locks_[hash % locks_.size()]; }

  std::array<Lock, 256> locks_;
};

}  // namespace og
