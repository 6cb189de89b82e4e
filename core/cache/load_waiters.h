// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

#include "core/base/fork_mutex.h"
#include "core/base/status.h"

namespace og {

// Where those wait who found another caller loading their key. Leases say who loads; this saves the
// others from asking in a loop, and from repeating a load that failed while they waited for it. By
// hash, so a waiter may be woken for another's key, and asks again; waking costs one addition when
// nobody waits.
//
//   Waiter waiter(waiters, hash);
//   waiter.begin(); ask the cache; still being loaded: waiter.wait(until)
class LoadWaiters {
  struct Slot;

 public:
  using Time = std::chrono::steady_clock::time_point;

  class Waiter {
   public:
    Waiter(LoadWaiters& waiters, uint64_t hash) : slot_(waiters.slot(hash)), hash_(hash) {
      slot_.waiting.fetch_add(1);  // before turn is read: wake() writes turn before it reads this
      ForkLock lock(slot_.mutex);
      next_ = slot_.first;
      slot_.first = this;
    }
    ~Waiter() {
      {
        ForkLock lock(slot_.mutex);
        Waiter** place = &slot_.first;
        while (*place != this) place = &(*place)->next_;
        *place = next_;
      }
      slot_.waiting.fetch_sub(1);
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    // Before the cache is asked: what ends from now on wakes.
    void begin() {
      ForkLock lock(slot_.mutex);
      turn_ = slot_.turn.load();
      failed_.reset();
    }
    // Returns once a load has ended since begin(), or at `until`; with the error if the key's load
    // failed.
    std::optional<Error> wait(Time until) {
      std::unique_lock lock(slot_.mutex);
      slot_.mutex.assert_held();
      slot_.changed.wait_until(lock, until, [&] {
        slot_.mutex.assert_held();
        return slot_.turn.load() != turn_;
      });
      return std::move(failed_);
    }

   private:
    friend class LoadWaiters;
    Slot& slot_;
    const uint64_t hash_;
    uint64_t turn_ OG_GUARDED_BY(slot_.mutex) = 0;
    std::optional<Error> failed_ OG_GUARDED_BY(slot_.mutex);
    Waiter* next_ OG_GUARDED_BY(slot_.mutex) = nullptr;
  };

  // After a load has ended, or a write has withdrawn its lease.
  void wake(uint64_t hash) noexcept { tell(hash, nullptr); }
  // After a load has failed and given its lease back. Those who waited for it take the error as
  // theirs.
  void fail(uint64_t hash, const Error& error) noexcept { tell(hash, &error); }

  // Who waited did so in the parent process. The child is alone, and so needs no lock.
  void after_fork_in_child() noexcept OG_NOT_ANALYSED {
    for (Slot& each : slots_) {
      each.waiting.store(0);
      each.first = nullptr;
    }
  }

 private:
  struct alignas(64) Slot {
    ForkMutex mutex;
    ForkCondition changed;
    std::atomic<uint64_t> turn{0};
    std::atomic<int32_t> waiting{0};
    Waiter* first OG_GUARDED_BY(mutex) = nullptr;
  };
  Slot& slot(uint64_t hash) noexcept { return slots_[hash % slots_.size()]; }

  void tell(uint64_t hash, const Error* error) noexcept {
    Slot& here = slot(hash);
    here.turn.fetch_add(1);
    if (here.waiting.load() == 0) return;
    {
      ForkLock lock(here.mutex);
      for (Waiter* each = here.first; error != nullptr && each != nullptr; each = each->next_) {
        each->slot_.mutex.assert_held();  // it is this slot's
        if (each->hash_ == hash) each->failed_ = copy(*error);
      }
    }
    here.changed.notify_all();
  }
  static Error copy(const Error& error) noexcept {
    try {
      return error;
    } catch (const std::bad_alloc&) {
      return {error.code, {}, {}};
    }
  }

  std::array<Slot, 32> slots_;
};

}  // namespace og
