// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace og {

// Around the wait of a call that usually does not: what the program's language does meanwhile, such
// as giving up its lock.
class WaitAround {
 public:
  using Begin = void* (*)();
  using End = void (*)(void* begun);

  static void set(Begin begin, End end) noexcept {
    g_begin.store(nullptr, std::memory_order_seq_cst);
    g_end.store(end, std::memory_order_seq_cst);
    if (end) g_begin.store(begin, std::memory_order_seq_cst);
  }

  WaitAround() {
    const Begin begin = g_begin.load(std::memory_order_acquire);
    if (!begin) return;
    begun_ = begin();
    may_wait_ = begun_ != nullptr;
  }
  ~WaitAround() {
    if (!begun_) return;
    if (const End end = g_end.load(std::memory_order_acquire)) end(begun_);
  }
  WaitAround(const WaitAround&) = delete;
  WaitAround& operator=(const WaitAround&) = delete;

  bool may_wait() const noexcept { return may_wait_; }

 private:
  inline static constinit std::atomic<Begin> g_begin{nullptr};
  inline static constinit std::atomic<End> g_end{nullptr};

  void* begun_ = nullptr;
  bool may_wait_ = true;
};

}  // namespace og
