// SPDX-License-Identifier: Apache-2.0
#include "core/balance/weighted_cycle.h"

#include <numeric>

#include "core/balance/smooth_order.h"

namespace og {
namespace {

struct Server {
  int32_t index;
  int64_t weight;
  int64_t remainder = 0;
};

int64_t sum_of_weights(const std::vector<Server>& servers) {
  int64_t sum = 0;
  for (const Server& s : servers) sum += s.weight;
  return sum;
}

// Weights in lowest terms. Those whose cycle is too long (99991 beside 99989) are rounded to shares
// of the longest: by largest remainder, so that they sum to it, but for those that would vanish and
// get 1.
void reduce(std::vector<Server>& servers, int64_t longest) {
  int64_t divisor = 0;
  for (const Server& s : servers) divisor = std::gcd(divisor, s.weight);
  for (Server& s : servers) s.weight /= divisor;
  const int64_t sum = sum_of_weights(servers);
  if (sum <= longest) return;
  for (Server& s : servers) {
    s.remainder = s.weight * longest % sum;
    s.weight = s.weight * longest / sum;
  }
  std::vector<Server*> by_remainder;
  for (Server& s : servers) by_remainder.push_back(&s);
  std::stable_sort(by_remainder.begin(), by_remainder.end(),
                   [](const Server* a, const Server* b) { return a->remainder > b->remainder; });
  int64_t missing = longest - sum_of_weights(servers);
  for (Server* s : by_remainder) {
    if (missing-- > 0) ++s->weight;
    s->weight = std::max<int64_t>(s->weight, 1);
  }
}

}  // namespace

Cycle weighted_cycle(std::span<const Member> members, int64_t longest) {
  std::vector<Server> servers;
  for (const Member& m : members) {
    if (m.healthy && m.weight > 0) servers.push_back({m.endpoint->index, m.weight});
  }
  if (servers.empty()) return {};
  reduce(servers, longest);
  std::vector<int64_t> weights;
  for (const Server& s : servers) weights.push_back(s.weight);
  SmoothOrder order(weights);
  Cycle cycle(static_cast<size_t>(sum_of_weights(servers)));
  for (int32_t& next : cycle) next = servers[order.next()].index;
  return cycle;
}

}  // namespace og
