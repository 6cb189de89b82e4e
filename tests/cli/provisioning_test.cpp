// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "bindings/cli/provisioning/backlog.h"
#include "bindings/cli/provisioning/clairvoyant.h"
#include "bindings/cli/provisioning/elasticity.h"
#include "bindings/cli/provisioning/superposition.h"
#include "bindings/cli/replay/fleet.h"
#include "tests/catch.h"

using namespace og::cli;

namespace {

using Loads = std::vector<double>;

// Of what differs from one slice to the next.
double deviation(const Loads& slices) {
  double squares = 0;
  for (std::size_t i = 1; i < slices.size(); ++i) {
    squares += (slices[i] - slices[i - 1]) * (slices[i] - slices[i - 1]);
  }
  return std::sqrt(squares / static_cast<double>(slices.size() - 1));
}

// The least that any orders cost by which no slice is overloaded, of all orders up to four.
int64_t least_cost(const Loads& loads, int64_t lead) {
  std::vector<int32_t> orders(loads.size(), 1);
  int64_t least = std::numeric_limits<int64_t>::max();
  for (;;) {
    Fleet fleet(orders[0], lead);
    int64_t cost = 0;
    bool enough = true;
    for (std::size_t i = 0; i < loads.size(); ++i) {
      fleet.advance(static_cast<int64_t>(i));
      fleet.order(orders[i], static_cast<int64_t>(i));
      cost += fleet.ordered();
      enough = enough && loads[i] <= fleet.serving();
    }
    if (enough) least = std::min(least, cost);
    std::size_t at = 0;
    while (at < orders.size() && orders[at] == 4) orders[at++] = 1;
    if (at == orders.size()) return least;
    ++orders[at];
  }
}

}  // namespace

TEST_CASE("superposed sources: the level grows as they do, what is off it by their square root") {
  // The level is 0, 10, 10, 10, 0, and half of what is off it is left.
  CHECK(superposed({0, 0, 30, 0, 0}, 4, 1) == Loads{0, 20, 80, 20, 0});
  CHECK(copied({0, 0, 30, 0, 0}, 4, 1) == Loads{0, 0, 120, 0, 0});
  CHECK(copied({0, 0, 30, 2, 4}, 4, 2) == Loads{0, 0, 64, 64, 16});
  CHECK(copied({}, 4, 2).empty());
  CHECK(superposed({5, 5, 5}, 9, 1) == Loads{45, 45, 45});
  CHECK(superposed({3, 1, 8}, 1, 2) == Loads{3, 1, 8});
  CHECK(superposed({4, 2, 8}, 0.5, 1) == Loads{2, 1, 4});
  CHECK(superposed({7}, 16, 5) == Loads{112});
  CHECK(superposed({}, 16, 5).empty());
}

TEST_CASE("superposition has the noise of that many independent logs, copying ten times that") {
  std::mt19937_64 random(11);
  std::poisson_distribution<int> requests(3);
  constexpr int kSources = 100;
  Loads one(5000), all(5000);
  for (int source = 0; source < kSources; ++source) {
    for (double& slice : one) slice = requests(random);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] += one[i];
  }
  const double truth = deviation(all);
  CHECK(deviation(superposed(one, kSources, 50)) == Approx(truth).epsilon(0.1));
  CHECK(deviation(copied(one, kSources, 1)) == Approx(10 * truth).epsilon(0.1));
}

TEST_CASE("what an overloaded slice did not serve is due in the next") {
  Backlog backlog(30);
  SliceServed slice = backlog.live_through(3, 2, 15);  // 45 instance-seconds, 30 of them served
  CHECK(slice.overloaded);
  CHECK(slice.due == 45);
  CHECK(slice.served == 30);
  CHECK(slice.waiting == 15);
  CHECK(slice.lost == 0);
  slice = backlog.live_through(1.5, 2, 15);  // 22.5 and the 15 that wait
  CHECK(slice.overloaded);
  CHECK(slice.due == 37.5);
  CHECK(slice.waiting == 7.5);
  slice = backlog.live_through(1.5, 2, 15);  // 22.5 and 7.5: just so
  CHECK_FALSE(slice.overloaded);
  CHECK(slice.served == 30);
  CHECK(slice.waiting == 0);
}

TEST_CASE("clients that waited for long enough give up") {
  Backlog backlog(5);
  SliceServed slice = backlog.live_through(3, 2, 15);
  CHECK(slice.waiting == 10);  // what two instances serve in five seconds
  CHECK(slice.lost == 5);
  slice = backlog.live_through(0, 1, 15);
  CHECK(slice.served == 10);
  CHECK(slice.waiting == 0);
  Backlog none(0);
  CHECK(none.live_through(3, 2, 15).lost == 15);
  CHECK_FALSE(none.live_through(2, 2, 15).overloaded);
}

TEST_CASE("a load that is whole but for its last bit takes no more instances") {
  CHECK(instances_for(3) == 3);
  CHECK(instances_for(std::nextafter(3.0, 4.0)) == 3);
  CHECK(instances_for(3.001) == 4);
  CHECK(instances_for(0) == 1);
}

TEST_CASE("the clairvoyant orders as late as serves") {
  const Loads loads{1, 1, 1, 3.2, 1, 1};
  CHECK(clairvoyant(loads, 2) == std::vector<int64_t>{1, 4, 4, 4, 1, 1});
  CHECK(clairvoyant(loads, 0) == std::vector<int64_t>{1, 1, 1, 4, 1, 1});
  CHECK(clairvoyant({2, 1, 2, 1, 1, 2}, 1) == std::vector<int64_t>{2, 2, 2, 1, 2, 2});
  CHECK(clairvoyant({0, 0.5}, 100) == std::vector<int64_t>{1, 1});
  CHECK(clairvoyant({}, 3).empty());
}

TEST_CASE("no orders that keep every slice from overload cost less than the clairvoyant's") {
  const std::array<Loads, 4> days{
      {{1, 1, 1, 3.2, 1, 1}, {4, 1, 1, 2, 3, 1}, {2, 1, 2, 1, 1, 2}, {1, 4, 1, 4, 1, 1}}};
  for (const Loads& loads : days) {
    for (const std::size_t lead : {0, 1, 2, 3}) {
      const auto paid = clairvoyant(loads, lead);
      CHECK(std::accumulate(paid.begin(), paid.end(), int64_t{0}) ==
            least_cost(loads, static_cast<int64_t>(lead)));
    }
  }
}

TEST_CASE("elasticity: how much and how long supply is off demand, and how often against it") {
  Elasticity elasticity;
  const std::array<std::array<int64_t, 2>, 5> slices{{{2, 2}, {2, 2}, {4, 2}, {4, 4}, {2, 4}}};
  for (const auto& [demand, supply] : slices) elasticity.add(demand, supply);
  ElasticityFigures figures = elasticity.figures();
  CHECK(figures.under_amount == Approx(10));  // a half of four, in one slice of five
  CHECK(figures.over_amount == Approx(20));   // as much again as two
  CHECK(figures.under_time == Approx(20));
  CHECK(figures.over_time == Approx(20));
  CHECK(figures.instability == Approx(75));  // of four steps only the first is alike in both
  CHECK(figures.changes == 1);
  CHECK(figures.reversals == 0);
  elasticity.add(2, 4);
  elasticity.add(2, 3);  // up, then down
  elasticity.add(2, 2);  // on down
  figures = elasticity.figures();
  CHECK(figures.changes == 3);
  CHECK(figures.reversals == 1);
}

TEST_CASE("elasticity of nothing, and of a single slice without demand") {
  Elasticity none;
  CHECK(none.figures().under_time == 0);
  CHECK(none.figures().instability == 0);
  none.add(0, 3);  // an instance is the least that can be asked for
  CHECK(none.figures().over_amount == Approx(200));
  CHECK(none.figures().instability == 0);
}
