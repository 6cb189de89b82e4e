// SPDX-License-Identifier: Apache-2.0
// What balancers and routers draw at random: where turns begin, and which servers are compared.
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "core/balance/balancer.h"
#include "core/balance/lots.h"
#include "core/base/random.h"
#include "core/data/replicas.h"
#include "tests/catch.h"
#include "tests/core/host_processes.h"

namespace og {
namespace {

std::shared_ptr<EndpointSet> servers(std::initializer_list<int64_t> weights,
                                     const Place& place = {}) {
  auto set = std::move(*EndpointSet::create({}, place));
  for (int64_t weight : weights) REQUIRE(set->put(std::to_string(set->count()), weight, ""));
  return set;
}

std::unique_ptr<Balancer> make(std::shared_ptr<EndpointSet> set, const char* policy, int64_t seed,
                               int64_t choices = 0) {
  Config config;
  config.set("policy", policy);
  config.set_int("seed", seed);
  config.set_int("choices", choices);
  auto made = Balancer::create(config, std::move(set), make_manual_clock(0));
  REQUIRE(made);
  return std::move(*made);
}

}  // namespace

// Of 8 servers, by 64 balancers: that all begin with one happens once in 8^63 runs.
TEST_CASE("balancer: without a seed turns begin anywhere, with one at the first") {
  const auto set = servers({3, 1, 1, 1, 1, 1, 1, 1});
  for (const char* policy :
       {"round_robin", "weighted_round_robin", "least_connections", "consistent_hash"}) {
    CAPTURE(policy);
    std::set<int32_t> first;
    if (policy !=
        std::string("least_connections")) {  // there the heaviest has the least for its weight
      for (int i = 0; i < 64; ++i) first.insert(make(set, policy, 0)->pick(""));
      CHECK(first.size() > 1);
    }
    for (int64_t seed : {1, 2, 3}) CHECK(make(set, policy, seed)->pick("") == 0);
  }
  const auto even = servers({1, 1, 1, 1, 1, 1, 1, 1});
  std::set<int32_t> first;
  for (int i = 0; i < 64; ++i) first.insert(make(even, "least_connections", 0)->pick(""));
  CHECK(first.size() > 1);
}

TEST_CASE("balancer: over a set in a scope turns begin anywhere, and there for every process") {
  for (const char* policy : {"round_robin", "weighted_round_robin", "consistent_hash"}) {
    CAPTURE(policy);
    std::set<int32_t> first;
    for (int i = 0; i < 24; ++i) {  // all alike once in 8^23 runs
      test::SegmentName name;
      Place here(test::attach(name.settings()), "servers"),
          there(test::attach(name.settings()), "servers");
      const auto set = servers({1, 1, 1, 1, 1, 1, 1, 1}, here);
      const auto a = make(set, policy, 0);
      const auto b = make(std::move(*EndpointSet::create({}, there)), policy, 0);
      const int32_t begun = a->pick("");
      first.insert(begun);
      CHECK(b->pick("") == (begun + 1) % 8);
    }
    CHECK(first.size() > 1);
  }
}

TEST_CASE("replicas: without a seed turns begin anywhere, with one at the first") {
  for (const char* policy : {"round_robin", "least_in_flight"}) {
    auto first_read = [&](int64_t seed) {
      Config config;
      config.set("policy", policy);
      config.set_int("replicas", 8);
      config.set_int("seed", seed);
      return std::move(*ReplicaRouter::create(config, make_manual_clock(0)))->read();
    };
    std::set<int32_t> first;
    for (int i = 0; i < 64; ++i) first.insert(first_read(0));
    CHECK(first.size() > 1);
    CHECK(first_read(7) == 1);
  }
}

TEST_CASE("lots: every number of the line falls on the server that it is within") {
  Random random(23);
  for (int round = 0; round < 200; ++round) {
    std::vector<int64_t> weights(1 + random.below(40));
    const int64_t scale = 1 + static_cast<int64_t>(random.below(3));
    for (int64_t& w : weights)
      w = scale * (1 + static_cast<int64_t>(random.below(random.below(2) ? 3 : 200)));
    const Lots lots(weights);
    uint64_t number = 0;
    int64_t divisor = 0;
    for (int64_t w : weights) divisor = std::gcd(divisor, w);
    for (size_t i = 0; i < weights.size(); ++i) {
      CHECK(lots.begin(i) == number);
      CHECK(lots.size(i) == static_cast<uint64_t>(weights[i] / divisor));
      for (uint64_t end = number + lots.size(i); number < end; ++number)
        REQUIRE(lots.at(number) == i);
    }
    CHECK(lots.total() == number);
  }
}

// Idle servers tie, and the first drawn is picked: each by its weight. Four standard deviations.
TEST_CASE("balancer: of choices the first is drawn by weight") {
  constexpr int kPicks = 40'000;
  for (int64_t choices : {1, 2, 4}) {
    const std::array<int64_t, 4> weights{1, 2, 3, 10};
    const auto balancer = make(servers({1, 2, 3, 10}), "least_connections", 9, choices);
    std::array<int, 4> picks{};
    for (int i = 0; i < kPicks; ++i) ++picks[static_cast<size_t>(balancer->pick(""))];
    for (size_t i = 0; i < 4; ++i) {
      const double share = static_cast<double>(weights[i]) / 16;
      INFO(choices << " choices, weight " << weights[i] << ": " << picks[i]);
      CHECK(std::abs(picks[i] - kPicks * share) < 4 * std::sqrt(kPicks * share * (1 - share)));
    }
  }
}

// Servers with as many calls as their number: the least of k distinct ones out of n is i with the
// probability C(n - 1 - i, k - 1) / C(n, k).
TEST_CASE("balancer: choices are drawn without replacement") {
  constexpr int kPicks = 40'000;
  const auto set = servers({1, 1, 1, 1, 1});
  for (int32_t i = 0; i < 5; ++i) {
    for (int32_t n = 0; n < i; ++n) set->at(i)->in_flight.add();
  }
  const std::map<int64_t, std::array<double, 5>> wanted{
      {2, {4 / 10., 3 / 10., 2 / 10., 1 / 10., 0}},
      {3, {6 / 10., 3 / 10., 1 / 10., 0, 0}},
      {5, {1, 0, 0, 0, 0}},
      {64, {1, 0, 0, 0, 0}}};
  for (const auto& [choices, shares] : wanted) {
    const auto balancer = make(set, "least_connections", 11, choices);
    std::array<int, 5> picks{};
    for (int i = 0; i < kPicks; ++i) ++picks[static_cast<size_t>(balancer->pick(""))];
    for (size_t i = 0; i < 5; ++i) {
      INFO(choices << " choices, server " << i << ": " << picks[i]);
      CHECK(std::abs(picks[i] - kPicks * shares[i]) <=
            4 * std::sqrt(kPicks * shares[i] * (1 - shares[i])));
    }
  }
  for (int32_t i = 0; i < 5; ++i) {
    for (int32_t n = 0; n < i; ++n) set->at(i)->in_flight.subtract();
  }
}

TEST_CASE("balancer: a seed draws the same each time, another seed another") {
  const auto set = servers({1, 2, 3, 4, 5, 6, 7, 8});
  auto draw = [&](int64_t seed) {
    std::vector<int32_t> picks;
    const auto balancer = make(set, "least_connections", seed, 1);
    for (int i = 0; i < 50; ++i) picks.push_back(balancer->pick(""));
    return picks;
  };
  CHECK(draw(5) == draw(5));
  CHECK(draw(5) != draw(6));
  CHECK(draw(0) != draw(0));
}

}  // namespace og
