// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/balance/lots.h"
#include "core/balance/policy.h"
#include "core/balance/policy_turn.h"
#include "core/base/hash.h"
#include "core/base/typed_options.h"

namespace og {

// clang-format off: a row an option
inline constexpr OptionSpec kLeastConnectionsRows[] = {
    {.name = "choices", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 64,
     .unit = "endpoints",
     .doc = "least_connections: how many are drawn and compared; 0 compares all.",
     .changes = true},
};
// clang-format on
inline constexpr OptionTable kLeastConnectionsOptions{"balancer", kLeastConnectionsRows};

namespace least_connections {

// A server whose calls are counted in one word, or in a row of them: as the set counts them, all
// alike.
struct WordServer {
  explicit WordServer(const Member& m)
      : words(m.endpoint->in_flight.words()), weight(m.weight), index(m.endpoint->index) {}
  int64_t load() const noexcept {
    return static_cast<int64_t>(words->load(std::memory_order_relaxed));
  }
  const std::atomic<uint64_t>* words;
  int64_t weight;
  int32_t index;
};
struct RowServer : WordServer {
  explicit RowServer(const Member& m) : WordServer(m), rows(m.endpoint->in_flight.rows()) {}
  int64_t load() const noexcept { return rows->total(words); }
  const InFlightRows* rows;
};

// Whether `a` under load `la` is better off than `b` under `lb`, without division.
inline bool lighter(const WordServer& a, int64_t la, const WordServer& b, int64_t lb) noexcept {
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

// The server with the least in flight for its weight, counting the call to be placed: IPVS's
// "shortest expected delay", (in flight + 1) / weight. Unlike in flight / weight it tells idle
// servers of different weight apart. The search starts behind the last pick and keeps the first of
// equals, so that equals take turns.
template <class Server>
class LeastOfAll final : public Plan {
 public:
  LeastOfAll(std::span<const Member> members, Turn& turn)
      : servers_(eligible<Server>(members)), turn_(turn) {}

  int32_t pick(const PickContext&) const noexcept override {
    return least([](int32_t) { return true; });
  }
  int32_t pick_other(const PickContext&, const Admits& admits) const noexcept override {
    return least(admits);
  }

 private:
  template <class Admitted>
  int32_t least(const Admitted& admitted) const noexcept {
    const size_t count = servers_.size();
    if (count == 0) return kNobody;
    size_t at = turn_.next.load(std::memory_order_relaxed) % count;
    const Server* best = nullptr;
    int64_t least = 0;
    for (size_t i = 0; i < count; ++i) {
      const Server& server = servers_[at];
      if (++at == count) at = 0;
      const int64_t load = server.load() + 1;
      if (best && !lighter(server, load, *best, least)) continue;
      if (!admitted(server.index)) continue;
      best = &server;
      least = load;
    }
    if (!best) return kNobody;
    turn_.next.store(static_cast<uint64_t>(best - servers_.data()) + 1, std::memory_order_relaxed);
    return best->index;
  }

  std::vector<Server> servers_;
  Turn& turn_;
};

// The best of a few drawn at random (Mitzenmacher 2001): with two, the most loaded of n servers is
// O(log log n) above the mean, and a pick no longer grows with the set. As nginx's "random two
// least_conn": none is drawn twice, each is drawn by its weight, and of those drawn the one with
// the least in flight for its weight is picked, the first drawn of equals. So idle servers are
// picked by weight too.
template <class Server>
class BestOfFew final : public Plan {
 public:
  BestOfFew(std::span<const Member> members, Turn& turn, int64_t choices, uint64_t seed)
      : servers_(eligible<Server>(members)),
        lots_(weights(servers_)),
        choices_(choices),
        seed_(mix64(seed)),
        turn_(turn) {}

  int32_t pick(const PickContext&) const noexcept override {
    return best([](int32_t) { return true; });
  }
  // Draws on until it has its choices, or has drawn as many as it can.
  int32_t pick_other(const PickContext&, const Admits& admits) const noexcept override {
    return best(admits);
  }

 private:
  static constexpr size_t kMostDrawn = 64;  // the option's maximum

  static std::vector<int64_t> weights(const std::vector<Server>& servers) {
    std::vector<int64_t> weights;
    for (const Server& s : servers) weights.push_back(s.weight);
    return weights;
  }

  template <class Admitted>
  int32_t best(const Admitted& admitted) const noexcept {
    const uint64_t seed = seed_ + turn_.take() * 0x9e3779b97f4a7c15u;
    std::array<size_t, kMostDrawn> drawn;  // in the line's order
    size_t count = 0;
    uint64_t left = lots_.total();
    const Server* best = nullptr;
    int64_t least = 0;
    for (int64_t found = 0; found < choices_ && count < kMostDrawn && left > 0;) {
      uint64_t number = reduce64(mix64(seed + count), left);
      size_t before = 0;  // a number on the line from which those drawn were cut out
      while (before < count && number >= lots_.begin(drawn[before]))
        number += lots_.size(drawn[before++]);
      const size_t lot = lots_.at(number);
      for (size_t i = count++; i > before; --i) drawn[i] = drawn[i - 1];
      drawn[before] = lot;
      left -= lots_.size(lot);
      const Server& server = servers_[lot];
      if (!admitted(server.index)) continue;
      ++found;
      const int64_t load = server.load();
      if (best && !lighter(server, load, *best, least)) continue;
      best = &server;
      least = load;
    }
    return best ? best->index : kNobody;
  }

  const std::vector<Server> servers_;
  const Lots lots_;
  const int64_t choices_;
  const uint64_t seed_;
  Turn& turn_;
};

}  // namespace least_connections

class LeastConnections final : public PickPolicy {
 public:
  static Result<std::unique_ptr<PickPolicy>> make(const PickPolicySetup& setup) {
    auto turn = PolicyTurn::of(setup.endpoints, "least_connections");
    if (!turn) return tl::unexpected(std::move(turn.error()));
    turn->begin(setup.chance.start);
    const auto options = OptionsOf<kLeastConnectionsOptions>::among(setup.options);
    return std::make_unique<LeastConnections>(options.integer("choices"), std::move(*turn),
                                              setup.chance);
  }
  LeastConnections(int64_t choices, PolicyTurn turn, Chance chance)
      : choices_(choices), turn_(std::move(turn)), chance_(chance) {}

  std::unique_ptr<const Plan> plan(Draft& draft) override {
    const std::span<const Member> members = draft.members();
    return !members.empty() && members[0].endpoint->in_flight.rows() != nullptr
               ? plan_of<least_connections::RowServer>(members)
               : plan_of<least_connections::WordServer>(members);
  }

 private:
  template <class Server>
  std::unique_ptr<const Plan> plan_of(std::span<const Member> members) const {
    using namespace least_connections;
    if (choices_ == 0) return std::make_unique<LeastOfAll<Server>>(members, *turn_);
    return std::make_unique<BestOfFew<Server>>(members, *turn_, choices_, chance_.seed);
  }

  const int64_t choices_;
  const PolicyTurn turn_;
  const Chance chance_;
};

inline constexpr PickPolicyRow kLeastConnections{.word = "least_connections",
                                                 .options = kLeastConnectionsRows,
                                                 .reads_in_flight = true,
                                                 .make = &LeastConnections::make};

}  // namespace og
