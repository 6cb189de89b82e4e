// SPDX-License-Identifier: Apache-2.0
#include "core/base/counters.h"

#include <mutex>

namespace og {
namespace {

std::mutex g_mutex;
uint32_t g_taken = 0;  // bit i: stripe i has an owner
static_assert(kOwnedStripes < 32);

// Gives the stripe back when its thread ends; the mutex orders the old owner's stores before the
// next owner's loads.
struct Owned {
  int stripe = kOwnedStripes;
  ~Owned() {
    t_stripe = kOwnedStripes;  // destructors of thread locals that still count share the last one
    if (stripe >= kOwnedStripes) return;
    std::lock_guard lock(g_mutex);
    g_taken &= ~(1u << stripe);
  }
};
thread_local Owned t_owned;

}  // namespace

int claim_stripe() noexcept {
  std::lock_guard lock(g_mutex);
  for (int i = 0; i < kOwnedStripes; ++i) {
    if ((g_taken & (1u << i)) == 0) {
      g_taken |= 1u << i;
      t_owned.stripe = i;
      return t_stripe = i;
    }
  }
  return t_stripe = kOwnedStripes;
}

}  // namespace og
