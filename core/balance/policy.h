// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/balance/endpoints.h"

namespace og {

// What a policy has drawn up from the set as it stood: read by every thread, replaced whole when the
// set changes. Picks are an endpoint's index, or kNobody.
class Plan {
 public:
  static constexpr int32_t kNobody = static_cast<int32_t>(Status::kNone);

  virtual ~Plan() = default;
  virtual int32_t pick(std::string_view key) const noexcept = 0;

  // As many picks, `out` as long as `keys`. Policies that gain by looking ahead override it.
  virtual void pick_many(std::span<const std::string_view> keys, int32_t* out) const noexcept {
    for (size_t i = 0; i < keys.size(); ++i) out[i] = pick(keys[i]);
  }
};

// What outlives a plan: whose turn it is.
struct Turn {
  alignas(64) std::atomic<uint64_t> next{0};
  uint64_t take() noexcept { return next.fetch_add(1, std::memory_order_relaxed); }
};

enum class RingHash { kXxh3, kKetama };

// One file a policy; each throws std::bad_alloc alone. Members of weight 0 are not picked.
std::unique_ptr<const Plan> plan_round_robin(std::span<const Member> members, Turn& turn);
std::unique_ptr<const Plan> plan_weighted_round_robin(std::span<const Member> members);
std::unique_ptr<const Plan> plan_least_connections(std::span<const Member> members, Turn& turn,
                                                   int64_t choices);
std::unique_ptr<const Plan> plan_consistent_hash(std::span<const Member> members, RingHash hash,
                                                 int64_t points);

}  // namespace og
