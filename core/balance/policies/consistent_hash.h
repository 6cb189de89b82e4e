// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/balance/policy.h"
#include "core/balance/policy_turn.h"
#include "core/balance/ring.h"
#include "core/balance/weighted_plan.h"
#include "core/base/typed_options.h"

namespace og {

// clang-format off: a row an option
inline constexpr OptionSpec kConsistentHashRows[] = {
    {.name = "ring_hash", .type = OptionType::kEnum, .fallback = "xxh3", .choices = "xxh3|ketama",
     .doc = "consistent_hash: XXH3, or md5 as libketama's clients place keys.", .changes = true},
    {.name = "ring_points", .type = OptionType::kInt, .fallback = "160", .min = 4, .max = 16384,
     .unit = "points",
     .doc = "consistent_hash: points on the ring for a server of mean weight; ketama takes "
            "multiples of 4.",
     .changes = true},
};
// clang-format on
inline constexpr OptionTable kConsistentHashOptions{"balancer", kConsistentHashRows};

// The key's owner on a ring of all members. Unhealthy ones stay on the ring and are passed over, so
// a server that fails and returns moves its own keys alone, and keeps the same. Without a key there
// is nothing to keep together: such requests take turns, by weight.
class RingPlan final : public Plan {
 public:
  RingPlan(std::span<const Member> members, std::shared_ptr<const Ring> ring, Turn& turn,
           uint64_t start)
      : ring_(std::move(ring)), keyless_(turns(members), &turn, start) {
    for (const Member& m : members) {
      servers_.push_back({m.endpoint->index, m.healthy});
      nobody_ = nobody_ && !(m.healthy && m.weight > 0);
    }
  }

  int32_t pick(const PickContext& context) const noexcept override {
    return context.key.empty() ? keyless_.pick(context) : owner(ring_->position_of(context.key));
  }
  // The next on the ring that is healthy and admits. Gives up after many points: where hardly
  // anybody admits, going round the whole ring takes too long.
  int32_t pick_other(const PickContext& context, const Admits& admits) const noexcept override {
    if (context.key.empty()) return keyless_.pick_other(context, admits);
    if (nobody_) return kNobody;
    int asked = 0;
    const int32_t member = ring_->owner(ring_->position_of(context.key), [&](int32_t m) {
      const Server& server = servers_[static_cast<size_t>(m)];
      return !server.healthy || (++asked <= kMostAsked && !admits(server.index));
    });
    return member < 0 || asked > kMostAsked ? kNobody : servers_[static_cast<size_t>(member)].index;
  }

  // Positions first, then what they point at, so that the cache misses of a batch overlap.
  void pick_many(const PickContext& context, std::span<const std::string_view> keys,
                 int32_t* out) const noexcept override {
    constexpr size_t kBatch = 16;
    uint32_t positions[kBatch];
    while (!keys.empty()) {
      size_t count = std::min(keys.size(), kBatch);
      for (size_t i = 0; i < count; ++i) {
        positions[i] = ring_->position_of(keys[i]);  // of no key too: it is not used
        ring_->prefetch_index(positions[i]);
      }
      for (size_t i = 0; i < count; ++i) ring_->prefetch_point(positions[i]);
      for (size_t i = 0; i < count; ++i)
        out[i] = keys[i].empty() ? keyless_.pick(context) : owner(positions[i]);
      keys = keys.subspan(count);
      out += count;
    }
  }

 private:
  // By shares of about 16 picks a server: drawing them costs little beside the ring.
  static std::shared_ptr<const Cycle> turns(std::span<const Member> members) {
    const auto longest = 16 * static_cast<int64_t>(members.size());
    return std::make_shared<const Cycle>(weighted_cycle(members, longest));
  }

  static constexpr int kMostAsked = 256;

  struct Server {
    int32_t index;
    bool healthy;
  };

  int32_t owner(uint32_t position) const noexcept {
    if (nobody_) return kNobody;  // rather than pass over every point
    int32_t member = ring_->owner(
        position, [&](int32_t m) { return !servers_[static_cast<size_t>(m)].healthy; });
    return member < 0 ? kNobody : servers_[static_cast<size_t>(member)].index;
  }

  const std::shared_ptr<const Ring> ring_;
  const WeightedPlan keyless_;
  std::vector<Server> servers_;  // by member
  bool nobody_ = true;
};

class ConsistentHash final : public PickPolicy {
 public:
  static Result<std::unique_ptr<PickPolicy>> make(const PickPolicySetup& setup) {
    // Not a turn of that name of its own: what lies in segments has it so.
    auto turn = PolicyTurn::of(setup.endpoints, "least_connections");
    if (!turn) return tl::unexpected(std::move(turn.error()));
    turn->begin(setup.chance.start);
    const auto options = OptionsOf<kConsistentHashOptions>::among(setup.options);
    return std::make_unique<ConsistentHash>(options.choice<RingHash>("ring_hash"),
                                            options.integer("ring_points"), std::move(*turn),
                                            setup.chance);
  }
  ConsistentHash(RingHash hash, int64_t points, PolicyTurn turn, Chance chance)
      : hash_(hash), points_(points), turn_(std::move(turn)), chance_(chance) {}

  std::unique_ptr<const Plan> plan(Draft& draft) override {
    const std::span<const Member> members = draft.members();
    if (!ring_ || !ring_->is_of(members))
      ring_ = std::make_shared<const Ring>(members, hash_, points_, ring_.get());
    return std::make_unique<RingPlan>(members, ring_, *turn_, chance_.start);
  }

 private:
  const RingHash hash_;
  const int64_t points_;
  const PolicyTurn turn_;  // of requests without a key
  const Chance chance_;
  std::shared_ptr<const Ring> ring_;  // drawn last
};

inline constexpr PickPolicyRow kConsistentHash{.word = "consistent_hash",
                                               .options = kConsistentHashRows,
                                               .keeps_keys = true,
                                               .make = &ConsistentHash::make};

}  // namespace og
