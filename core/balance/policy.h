// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/balance/endpoint.h"
#include "core/balance/turn.h"
#include "core/balance/weighted_cycle.h"
#include "core/base/status.h"

namespace og {

// Whether an endpoint may take a call now, by its index. Refers to what it was made from.
class Admits {
 public:
  template <class F>
  explicit Admits(const F& ask)
      : of_(&ask),
        ask_([](const void* of, int32_t index) { return (*static_cast<const F*>(of))(index); }) {}
  bool operator()(int32_t index) const noexcept { return ask_(of_, index); }

 private:
  const void* of_;
  bool (*ask_)(const void*, int32_t);
};

// What a policy has drawn up from the set as it stood: read by every thread, replaced whole when
// the set changes. Picks are an endpoint's index, or kNobody.
class Plan {
 public:
  static constexpr int32_t kNobody = static_cast<int32_t>(Status::kNone);

  virtual ~Plan() = default;
  virtual int32_t pick(std::string_view key) const noexcept = 0;
  // In place of a pick that cannot take the call: one that `admits`, such that the share of those
  // that do not falls to the others as the policy would share it out, and to none by its place in
  // the order. May give up and say kNobody when hardly any admits.
  virtual int32_t pick_other(std::string_view key, const Admits& admits) const noexcept = 0;

  // As many picks, `out` as long as `keys`. Policies that gain by looking ahead override it.
  virtual void pick_many(std::span<const std::string_view> keys, int32_t* out) const noexcept {
    for (size_t i = 0; i < keys.size(); ++i) out[i] = pick(keys[i]);
  }
};

class Ring;

// Where a balancer's turns begin, the same for all over a set in a segment, and what it draws lots
// from.
struct Chance {
  uint64_t start;
  uint64_t seed;
};

// One file a policy; each throws std::bad_alloc alone. Members of weight 0 are not picked. The turn
// outlives the plan; weighted round robin has one a plan, unless it is given one. Consistent
// hashing has its turn for requests without a key.
std::unique_ptr<const Plan> plan_round_robin(std::span<const Member> members, Turn& turn,
                                             Chance chance);
std::unique_ptr<const Plan> plan_weighted_round_robin(std::shared_ptr<const Cycle> cycle,
                                                      Turn* shared, Chance chance);
std::unique_ptr<const Plan> plan_least_connections(std::span<const Member> members, Turn& turn,
                                                   int64_t choices, Chance chance);
std::unique_ptr<const Plan> plan_consistent_hash(std::span<const Member> members,
                                                 std::shared_ptr<const Ring> ring, Turn& turn,
                                                 Chance chance);

}  // namespace og
