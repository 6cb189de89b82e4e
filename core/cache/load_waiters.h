// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "core/base/fork_mutex.h"

namespace og {

// Where those wait who found another caller loading their key. Leases say who loads; this only
// saves the others from asking in a loop. By hash, so a waiter may be woken for another's key, and
// asks again; waking costs one addition when nobody waits.
//
//   turn = turn_of(hash); ask the cache; still being loaded: wait(hash, turn, until)
class LoadWaiters {
 public:
  using Time = std::chrono::steady_clock::time_point;

  uint64_t turn_of(uint64_t hash) const noexcept { return slot(hash).turn.load(); }

  // Returns once a load has ended since turn_of() gave `turn`, or at `until`.
  void wait(uint64_t hash, uint64_t turn, Time until) {
    Slot& here = slot(hash);
    here.waiting.fetch_add(1);  // before turn is read: wake() writes turn before it reads this
    {
      std::unique_lock lock(here.mutex);
      here.changed.wait_until(lock, until, [&] { return here.turn.load() != turn; });
    }
    here.waiting.fetch_sub(1);
  }

  void wake(uint64_t hash) noexcept {
    Slot& here = slot(hash);
    here.turn.fetch_add(1);
    if (here.waiting.load() == 0) return;
    {
      std::lock_guard lock(here.mutex);
    }
    here.changed.notify_all();
  }

  // Who waited did so in the parent process.
  void after_fork_in_child() noexcept {
    for (Slot& each : slots_) each.waiting.store(0);
  }

 private:
  struct alignas(64) Slot {
    ForkMutex mutex;
    ForkCondition changed;
    std::atomic<uint64_t> turn{0};
    std::atomic<int32_t> waiting{0};
  };
  Slot& slot(uint64_t hash) const noexcept { return slots_[hash % slots_.size()]; }

  mutable std::array<Slot, 32> slots_;
};

}  // namespace og
