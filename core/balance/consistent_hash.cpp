// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "core/balance/ring.h"

namespace og {
namespace {

// The key's owner on a ring of all members. Unhealthy ones stay on the ring and are passed over, so a
// server that fails and returns moves its own keys alone, and keeps the same.
class ConsistentHash final : public Plan {
 public:
  ConsistentHash(std::span<const Member> members, RingHash hash, int64_t points)
      : ring_(members, hash, points) {
    for (const Member& m : members) {
      servers_.push_back({m.endpoint->index, m.healthy});
      nobody_ = nobody_ && !(m.healthy && m.weight > 0);
    }
  }

  int32_t pick(std::string_view key) const noexcept override { return pick(ring_.place(key)); }

  // Places first, then what they point at, so that the cache misses of a batch overlap.
  void pick_many(std::span<const std::string_view> keys, int32_t* out) const noexcept override {
    constexpr size_t kBatch = 16;
    uint32_t places[kBatch];
    while (!keys.empty()) {
      size_t count = std::min(keys.size(), kBatch);
      for (size_t i = 0; i < count; ++i) {
        places[i] = ring_.place(keys[i]);
        ring_.prefetch_index(places[i]);
      }
      for (size_t i = 0; i < count; ++i) ring_.prefetch_point(places[i]);
      for (size_t i = 0; i < count; ++i) out[i] = pick(places[i]);
      keys = keys.subspan(count);
      out += count;
    }
  }

 private:
  struct Server {
    int32_t index;
    bool healthy;
  };

  int32_t pick(uint32_t place) const noexcept {
    if (nobody_) return kNobody;  // rather than pass over every point
    int32_t member = ring_.owner(
        place, [&](int32_t m) { return !servers_[static_cast<size_t>(m)].healthy; });
    return member < 0 ? kNobody : servers_[static_cast<size_t>(member)].index;
  }

  Ring ring_;
  std::vector<Server> servers_;  // by member
  bool nobody_ = true;
};

}  // namespace

std::unique_ptr<const Plan> plan_consistent_hash(std::span<const Member> members, RingHash hash,
                                                 int64_t points) {
  return std::make_unique<ConsistentHash>(members, hash, points);
}

}  // namespace og
