// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <vector>

#include "core/balance/policy.h"
#include "core/balance/ring.h"

namespace og {
namespace {

// The key's owner on a ring of all members. Unhealthy ones stay on the ring and are passed over, so
// a server that fails and returns moves its own keys alone, and keeps the same. Without a key there
// is nothing to keep together: such requests take turns, by weight.
class ConsistentHash final : public Plan {
 public:
  ConsistentHash(std::span<const Member> members, std::shared_ptr<const Ring> ring, Turn& turn,
                 Chance chance)
      : ring_(std::move(ring)), keyless_(turns(members, turn, chance)) {
    for (const Member& m : members) {
      servers_.push_back({m.endpoint->index, m.healthy});
      nobody_ = nobody_ && !(m.healthy && m.weight > 0);
    }
  }

  int32_t pick(std::string_view key) const noexcept override {
    return key.empty() ? keyless_->pick(key) : pick(ring_->position_of(key));
  }
  // The next on the ring that is healthy and admits. Gives up after many points: where hardly
  // anybody admits, going round the whole ring takes too long.
  int32_t pick_other(std::string_view key, const Admits& admits) const noexcept override {
    if (key.empty()) return keyless_->pick_other(key, admits);
    if (nobody_) return kNobody;
    int asked = 0;
    const int32_t member = ring_->owner(ring_->position_of(key), [&](int32_t m) {
      const Server& server = servers_[static_cast<size_t>(m)];
      return !server.healthy || (++asked <= kMostAsked && !admits(server.index));
    });
    return member < 0 || asked > kMostAsked ? kNobody : servers_[static_cast<size_t>(member)].index;
  }

  // Places first, then what they point at, so that the cache misses of a batch overlap.
  void pick_many(std::span<const std::string_view> keys, int32_t* out) const noexcept override {
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
        out[i] = keys[i].empty() ? keyless_->pick({}) : pick(positions[i]);
      keys = keys.subspan(count);
      out += count;
    }
  }

 private:
  // By shares of about 16 picks a server: drawing them costs little beside the ring.
  static std::unique_ptr<const Plan> turns(std::span<const Member> members, Turn& turn,
                                           Chance chance) {
    const auto longest = 16 * static_cast<int64_t>(members.size());
    auto cycle = std::make_shared<const Cycle>(weighted_cycle(members, longest));
    return plan_weighted_round_robin(std::move(cycle), &turn, chance);
  }

  static constexpr int kMostAsked = 256;

  struct Server {
    int32_t index;
    bool healthy;
  };

  int32_t pick(uint32_t place) const noexcept {
    if (nobody_) return kNobody;  // rather than pass over every point
    int32_t member =
        ring_->owner(place, [&](int32_t m) { return !servers_[static_cast<size_t>(m)].healthy; });
    return member < 0 ? kNobody : servers_[static_cast<size_t>(member)].index;
  }

  const std::shared_ptr<const Ring> ring_;
  std::unique_ptr<const Plan> keyless_;
  std::vector<Server> servers_;  // by member
  bool nobody_ = true;
};

}  // namespace

std::unique_ptr<const Plan> plan_consistent_hash(std::span<const Member> members,
                                                 std::shared_ptr<const Ring> ring, Turn& turn,
                                                 Chance chance) {
  return std::make_unique<ConsistentHash>(members, std::move(ring), turn, chance);
}

}  // namespace og
