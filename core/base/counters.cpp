// SPDX-License-Identifier: Apache-2.0
#include "core/base/counters.h"

#include <bit>

#include "core/base/fork_aware.h"

namespace og {
namespace {

// Bit i: stripe i has an owner. No lock, which a thread's first count could find held by another
// that a fork has left behind. Who takes a stripe sees all that its last owner stored.
constinit std::atomic<uint32_t> g_taken{0};
constexpr uint32_t kAll = (1u << kOwnedStripes) - 1;
static_assert(kOwnedStripes < 32);

// In a child the stripes of the other threads are nobody's.
class StripesAtFork final : private ForkAware {
 public:
  StripesAtFork() { join_forks(); }

 private:
  void after_fork_in_child() noexcept override {
    const bool owns = t_stripe >= 0 && t_stripe < kOwnedStripes;
    g_taken.store(owns ? 1u << t_stripe : 0, std::memory_order_relaxed);
  }
};
StripesAtFork g_at_fork;

// Gives the stripe back when its thread ends.
struct Owned {
  int stripe = kOwnedStripes;
  ~Owned() {
    t_stripe = kOwnedStripes;  // destructors of thread locals that still count share the last one
    if (stripe < kOwnedStripes) g_taken.fetch_and(~(1u << stripe), std::memory_order_release);
  }
};
thread_local Owned t_owned;

}  // namespace

int claim_stripe() noexcept {
  uint32_t taken = g_taken.load(std::memory_order_relaxed);
  while (taken != kAll) {
    const int free = std::countr_one(taken);
    if (!g_taken.compare_exchange_weak(taken, taken | 1u << free, std::memory_order_acq_rel))
      continue;
    t_owned.stripe = free;
    return t_stripe = free;
  }
  return t_stripe = kOwnedStripes;
}

}  // namespace og
