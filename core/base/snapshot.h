// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/read_gate.h"

namespace og {

// An immutable value that readers use without a lock while a writer puts a new one in its place.
//
// A reader enters the gate and loads the pointer; what it points to lives until the pass ends. The
// writer swaps the pointer and keeps the old value until the gate has seen every reader of before
// the swap leave (see ReadGate). Writers come one at a time: their lock is their own.
//
// Publishing never waits. Values whose readers have not left yet are looked at again by the next
// publish, so a reader that is preempted in mid-pass costs memory, not a stalled writer.
template <class T>
class Snapshot {
 public:
  explicit Snapshot(std::unique_ptr<const T> first = nullptr) : current_(first.release()) {}
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot() { delete current_.load(std::memory_order_relaxed); }

  // With a pass of the gate in hand.
  const T* get() const noexcept { return current_.load(std::memory_order_seq_cst); }

  // Room for one more publish, which then cannot fail.
  void reserve() { retired_.reserve(retired_.size() + 1); }

  // After reserve(), with the same gate each time.
  void publish(std::unique_ptr<const T> next, ReadGate& gate) noexcept {
    std::unique_ptr<const T> old(current_.exchange(next.release(), std::memory_order_seq_cst));
    if (old) {
      retired_.push_back({std::move(old), {}});
      retired_.back().grace.begin(gate);
    }
    std::erase_if(retired_, [&](Retired& r) { return r.grace.over(gate); });
  }

  size_t retired() const noexcept { return retired_.size(); }

 private:
  struct Retired {
    std::unique_ptr<const T> value;
    ReadGate::Grace grace;
  };
  std::atomic<const T*> current_;
  std::vector<Retired> retired_;
};

}  // namespace og
