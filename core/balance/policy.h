// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/balance/endpoint.h"
#include "core/balance/turn.h"
#include "core/base/status.h"

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

enum class RingHash { kXxh3, kKetama };

// One file a policy; each throws std::bad_alloc alone. Members of weight 0 are not picked. The turn
// outlives the plan; weighted round robin has one a plan, unless it is given one that others share.
std::unique_ptr<const Plan> plan_round_robin(std::span<const Member> members, Turn& turn);
std::unique_ptr<const Plan> plan_weighted_round_robin(std::span<const Member> members, Turn* shared);
std::unique_ptr<const Plan> plan_least_connections(std::span<const Member> members, Turn& turn,
                                                   int64_t choices);
std::unique_ptr<const Plan> plan_consistent_hash(std::span<const Member> members, RingHash hash,
                                                 int64_t points);

}  // namespace og
