// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "core/balance/policy.h"
#include "core/base/hash.h"

namespace og {
namespace {

// A server whose calls are counted in one word, on the heap, or in a row of them, in a segment. The load
// is what it would carry with this call: IPVS's "shortest expected delay", (in flight + 1) / weight.
// Unlike in flight / weight it tells idle servers of different weight apart.
struct OwnServer {
  explicit OwnServer(const Member& m)
      : words(m.endpoint->in_flight.words()), weight(m.weight), index(m.endpoint->index) {}
  int64_t load() const noexcept {
    return static_cast<int64_t>(words->load(std::memory_order_relaxed)) + 1;
  }
  const std::atomic<uint64_t>* words;
  int64_t weight;
  int32_t index;
};
struct SharedServer : OwnServer {
  explicit SharedServer(const Member& m) : OwnServer(m), rows(m.endpoint->in_flight.rows()) {}
  int64_t load() const noexcept { return rows->total(words) + 1; }
  const InFlightRows* rows;
};

// Whether `a` under load `la` is better off than `b` under `lb`, without division.
bool lighter(const OwnServer& a, int64_t la, const OwnServer& b, int64_t lb) noexcept {
  return static_cast<__int128>(la) * b.weight < static_cast<__int128>(lb) * a.weight;
}

template <class Server>
std::vector<Server> eligible(std::span<const Member> members) {
  std::vector<Server> servers;
  for (const Member& m : members) {
    if (m.healthy && m.weight > 0) servers.emplace_back(m);
  }
  return servers;
}

// The server with the least in flight for its weight. The search starts behind the last pick and
// keeps the first of equals, so that equals take turns.
template <class Server>
class LeastConnections final : public Plan {
 public:
  LeastConnections(std::span<const Member> members, Turn& turn)
      : servers_(eligible<Server>(members)), turn_(turn) {}

  int32_t pick(std::string_view) const noexcept override {
    size_t count = servers_.size();
    if (count == 0) return kNobody;
    size_t at = turn_.next.load(std::memory_order_relaxed) % count;
    const Server* best = &servers_[at];
    int64_t least = best->load();
    for (size_t i = 1; i < count; ++i) {
      if (++at == count) at = 0;
      int64_t load = servers_[at].load();
      if (lighter(servers_[at], load, *best, least)) {
        best = &servers_[at];
        least = load;
      }
    }
    turn_.next.store(static_cast<uint64_t>(best - servers_.data()) + 1, std::memory_order_relaxed);
    return best->index;
  }

 private:
  std::vector<Server> servers_;
  Turn& turn_;
};

// The best of a few drawn at random (Mitzenmacher 2001): with two, the most loaded of n servers is
// O(log log n) above the mean, and a pick no longer grows with the set.
template <class Server>
class BestOfFew final : public Plan {
 public:
  BestOfFew(std::span<const Member> members, Turn& turn, int64_t choices)
      : servers_(eligible<Server>(members)), choices_(choices), turn_(turn) {}

  int32_t pick(std::string_view) const noexcept override {
    if (servers_.empty()) return kNobody;
    uint64_t seed = turn_.take() * 0x9e3779b97f4a7c15u;
    const Server* best = nullptr;
    int64_t least = 0;
    for (int64_t i = 0; i < choices_; ++i) {
      const Server& s = servers_[reduce64(mix64(seed + static_cast<uint64_t>(i)), servers_.size())];
      int64_t load = s.load();
      if (!best || lighter(s, load, *best, least)) {
        best = &s;
        least = load;
      }
    }
    return best->index;
  }

 private:
  std::vector<Server> servers_;
  const int64_t choices_;
  Turn& turn_;
};

template <class Server>
std::unique_ptr<const Plan> plan_for(std::span<const Member> members, Turn& turn, int64_t choices) {
  if (choices == 0) return std::make_unique<LeastConnections<Server>>(members, turn);
  return std::make_unique<BestOfFew<Server>>(members, turn, choices);
}

}  // namespace

std::unique_ptr<const Plan> plan_least_connections(std::span<const Member> members, Turn& turn,
                                                   int64_t choices) {
  const bool shared = !members.empty() && members.front().endpoint->in_flight.rows();
  return shared ? plan_for<SharedServer>(members, turn, choices)
                : plan_for<OwnServer>(members, turn, choices);
}

}  // namespace og
