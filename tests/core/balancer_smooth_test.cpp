// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <numeric>
#include <vector>

#include "core/balance/smooth_order.h"
#include "core/base/random.h"
#include "tests/catch.h"

namespace og {
namespace {

// nginx's rule, server by server.
struct Plain {
  std::vector<int64_t> weights, credits;
  int64_t sum;
  explicit Plain(const std::vector<int64_t>& w)
      : weights(w), credits(w.size()), sum(std::accumulate(w.begin(), w.end(), int64_t{0})) {}
  size_t next() {
    size_t best = 0;
    for (size_t i = 0; i < weights.size(); ++i) {
      credits[i] += weights[i];
      if (credits[i] > credits[best]) best = i;
    }
    credits[best] -= sum;
    return best;
  }
};

std::vector<int64_t> draw(Random& random, size_t count, int64_t heaviest) {
  std::vector<int64_t> weights(count);
  for (int64_t& w : weights)
    w = 1 + static_cast<int64_t>(random.below(static_cast<uint64_t>(heaviest)));
  return weights;
}

// Picks that differ over a cycle and a bit of the next.
int64_t differing(const std::vector<int64_t>& weights) {
  Plain plain(weights);
  SmoothOrder order(weights);
  int64_t differ = 0;
  for (int64_t i = plain.sum + 100; i > 0; --i) differ += plain.next() != order.next();
  return differ;
}

// Matches a pick, as a multiple of the tree's height, over a cycle.
double matches_by_height(const std::vector<int64_t>& weights) {
  SmoothOrder order(weights);
  const int64_t cycle = std::accumulate(weights.begin(), weights.end(), int64_t{0});
  for (int64_t i = 0; i < cycle; ++i) order.next();
  const auto height = std::bit_width(weights.size());
  return static_cast<double>(order.matches()) / static_cast<double>(cycle * height);
}

}  // namespace

TEST_CASE("the smooth order is the plain algorithm's, pick by pick") {
  Random random(3);
  for (int round = 0; round < 400; ++round) {  // few servers: every kind of tie
    const std::vector<int64_t> weights =
        draw(random, 1 + random.below(12), 1 + static_cast<int64_t>(random.below(30)));
    CAPTURE(weights);
    REQUIRE(differing(weights) == 0);
  }
  for (int64_t heaviest : {2, 7, 100, 400}) {
    REQUIRE(differing(draw(random, 300, heaviest)) == 0);
  }
  std::vector<int64_t> stairs(250);  // of one weight each
  std::iota(stairs.begin(), stairs.end(), 1);
  CHECK(differing(stairs) == 0);
  std::reverse(stairs.begin(), stairs.end());
  CHECK(differing(stairs) == 0);
  CHECK(differing({1, 1'000, 1, 20'000, 3}) == 0);
}

// Counted, not timed. The plain algorithm looks at every server a pick: 1,000 and more where this
// bound is some 30.
TEST_CASE("the smooth order costs a pick the logarithm of the number of servers") {
  Random random(5);
  CHECK(matches_by_height(draw(random, 1'000, 1'000)) < 3);
  CHECK(matches_by_height(draw(random, 10'000, 60)) < 3);
  CHECK(matches_by_height(draw(random, 10'000, 1'000)) < 3);
  CHECK(matches_by_height(draw(random, 65'536, 16)) < 3);
  std::vector<int64_t> stairs(361);  // as many weights as a cycle of 65,536 can have
  std::iota(stairs.begin(), stairs.end(), 1);
  CHECK(matches_by_height(stairs) < 3);
  std::vector<int64_t> doubled;  // no two alike in scale
  for (int64_t w = 1; w < 32'768; w *= 2) doubled.push_back(w);
  CHECK(matches_by_height(doubled) < 3);
}

}  // namespace og
