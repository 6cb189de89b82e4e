// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "core/base/counters.h"
#include "core/base/fork_aware.h"
#include "core/base/process_fence.h"

namespace og {

// Lets readers walk a structure without a lock while writers unlink and free parts of it.
//
// A reader adds one to a counter, reads shared pointers, and takes the one away. A writer unlinks
// an object, and frees it once it has seen every counter at zero at least once since. Why that is
// enough: between raising its counter and reading a pointer a reader has a fence, and so has the
// writer between unlinking and looking. A reader still holding the object read its pointer before
// the unlinking, and had raised its counter before that; the writer looks after the unlinking, and
// so finds that counter raised until the reader is done. It need not be zero in the same moment as
// the others.
//
// The reader's fence is most of what a pass costs. Where writers are rare and the kernel lends a
// fence (process_fence.h) the writer makes both, and a light gate's readers only hold back the
// compiler. A kernel that once lent it may come to deny it (seccomp): from then on the readers make
// their own, and the writers wait once until nobody can still be in a light pass unseen. That is a
// matter of store buffers, which processors empty within microseconds; they are given 100 ms.
//
// Counters are striped by thread, so that the first sixteen threads own theirs and pay two stores a
// pass, the first of them fenced but on a light gate. There are two a stripe. New readers use those
// of the current phase; a writer that waits flips the phase once the idle ones are drained, and so
// no stream of new readers can keep a counter above zero for ever. The phase serves progress only:
// a reader that read it late raises the other counter and is seen all the same.
//
// This is the idea of sleepable RCU (McKenney 2006) with the grace period polled by writers that
// never wait: no thread is registered and none runs in the background. In a forked child nobody is
// in a pass: those who were have stayed in the parent, and no pass forks.
class ReadGate final : private ForkAware {
 public:
  class Pass {
   public:
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    ~Pass() {
      if (owned_) [[likely]] {
        counter_.store(counter_.load(std::memory_order_relaxed) - 1, std::memory_order_release);
      } else {
        counter_.fetch_sub(1, std::memory_order_release);
      }
    }

   private:
    friend class ReadGate;
    Pass(std::atomic<int32_t>& counter, bool owned, const ReadGate& gate) noexcept
        : counter_(counter), owned_(owned) {
      if (!owned_) [[unlikely]] {
        counter_.fetch_add(1, std::memory_order_seq_cst);
      } else if (gate.began_light_) [[likely]] {
        counter_.store(counter_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        light_fence();
        if (!gate.light_.load(std::memory_order_relaxed)) [[unlikely]] {
          std::atomic_thread_fence(std::memory_order_seq_cst);
        }
      } else {
        counter_.store(counter_.load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst);
      }
    }
    std::atomic<int32_t>& counter_;
    const bool owned_;
  };

  // Light: Grace::begin() is a system call. Only where has_process_fence().
  explicit ReadGate(bool light = false) : began_light_(light), light_(light) { join_forks(); }
  ~ReadGate() { leave_forks(); }

  // Shared pointers read while the pass lives, by seq_cst loads, stay valid until it ends.
  [[nodiscard]] Pass enter() noexcept {
    auto stripe = static_cast<size_t>(thread_stripe());
    uint32_t phase = phase_.load(std::memory_order_relaxed);
    return Pass(lines_[stripe].readers[phase], stripe < kOwnedStripes, *this);
  }

  // One writer's wait, begun after the unlinking. One bit a counter not yet seen at zero.
  class Grace {
   public:
    void begin(ReadGate& gate) noexcept {
      pending_ = kAll;
      fenced_ = gate.fence();
    }
    // True once every reader of before begin() has left. Never blocks; ask again later.
    bool over(ReadGate& gate) noexcept;

   private:
    uint64_t pending_ = 0;
    bool fenced_ = true;
  };

 private:
  // Orders what the writer did before what it looks at next, as the readers see it; false: not yet.
  bool fence() noexcept;
  void after_fork_in_child() noexcept override;

  static constexpr size_t kStripes = kOwnedStripes + 1;
  static constexpr uint64_t kAll = (uint64_t{1} << (2 * kStripes)) - 1;

  struct alignas(64) Line {
    std::atomic<int32_t> readers[2] = {};
  };
  std::array<Line, kStripes> lines_;
  alignas(64) std::atomic<uint32_t> phase_{0};
  const bool began_light_;
  std::atomic<bool> light_;              // looked at after the counter is raised, never before
  std::atomic<int64_t> heavy_since_{0};  // by the kernel's clock; 0: always, or not at all
};

}  // namespace og
