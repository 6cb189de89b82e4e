// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>
#include <vector>

#include "core/balance/policy.h"

namespace og {
namespace {

struct Server {
  int32_t index;
  int64_t weight;
  int64_t credit = 0;
};

int64_t sum_of_weights(const std::vector<Server>& servers) {
  int64_t sum = 0;
  for (const Server& s : servers) sum += s.weight;
  return sum;
}

// The order repeats after the sum of the weights over their greatest common divisor. What is written
// down is at most this long (256 KiB) or, for more than a thousand servers, as long as these steps
// allow; never shorter than one pick a server.
constexpr int64_t kLongestCycle = 65536;
constexpr int64_t kMostSteps = int64_t{1} << 26;

int64_t longest_cycle(size_t servers) {
  auto n = std::max<int64_t>(static_cast<int64_t>(servers), 1);
  return std::max(std::min(kLongestCycle, kMostSteps / n), n);
}

// Weights in lowest terms. Those whose cycle is too long (99991 beside 99989) are rounded to shares of
// the longest: by largest remainder, so that they sum to it, but for those that would vanish and get 1.
void reduce(std::vector<Server>& servers) {
  int64_t divisor = 0;
  for (const Server& s : servers) divisor = std::gcd(divisor, s.weight);
  for (Server& s : servers) s.weight /= divisor;
  const int64_t sum = sum_of_weights(servers), longest = longest_cycle(servers.size());
  if (sum <= longest) return;
  for (Server& s : servers) {
    s.credit = s.weight * longest % sum;  // the remainder, for now
    s.weight = s.weight * longest / sum;
  }
  std::vector<Server*> by_remainder;
  for (Server& s : servers) by_remainder.push_back(&s);
  std::stable_sort(by_remainder.begin(), by_remainder.end(),
                   [](const Server* a, const Server* b) { return a->credit > b->credit; });
  int64_t missing = longest - sum_of_weights(servers);
  for (Server* s : by_remainder) {
    if (missing-- > 0) ++s->weight;
    s->weight = std::max<int64_t>(s->weight, 1);
    s->credit = 0;
  }
}

// Smooth weighted round robin as nginx has it since 1.3.1 (ngx_http_upstream_round_robin.c): each
// pick adds every server's weight to its credit, takes the server with the most, the first of equals,
// and takes the sum of all weights off it. Weights 5, 1, 1 give a a b a c a a, and each server comes
// exactly as often as its weight in every cycle.
//
// A cycle is written down once and a pick is one atomic add, whatever the number of servers. A plan
// begins at the cycle's start.
class WeightedRoundRobin final : public Plan {
 public:
  WeightedRoundRobin(std::span<const Member> members, Turn* shared) : turn_(shared ? *shared : own_) {
    std::vector<Server> servers;
    for (const Member& m : members) {
      if (m.healthy && m.weight > 0) servers.push_back({m.endpoint->index, m.weight});
    }
    reduce(servers);
    const int64_t sum = sum_of_weights(servers);
    cycle_.reserve(static_cast<size_t>(sum));
    if (sum == static_cast<int64_t>(servers.size())) {  // of one weight: in turn
      for (const Server& s : servers) cycle_.push_back(s.index);
    } else {
      for (int64_t i = 0; i < sum; ++i) cycle_.push_back(next(servers, sum));
    }
  }

  int32_t pick(std::string_view) const noexcept override {
    if (cycle_.empty()) return kNobody;
    return cycle_[turn_.take() % cycle_.size()];
  }

 private:
  static int32_t next(std::vector<Server>& servers, int64_t sum) noexcept {
    Server* best = servers.data();
    for (Server& s : servers) {
      s.credit += s.weight;
      if (s.credit > best->credit) best = &s;
    }
    best->credit -= sum;
    return best->index;
  }

  std::vector<int32_t> cycle_;
  Turn own_;
  Turn& turn_;
};

}  // namespace

std::unique_ptr<const Plan> plan_weighted_round_robin(std::span<const Member> members, Turn* shared) {
  return std::make_unique<WeightedRoundRobin>(members, shared);
}

}  // namespace og
