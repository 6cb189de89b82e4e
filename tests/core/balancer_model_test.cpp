// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "core/balance/balancer.h"
#include "core/base/random.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

// nginx's rule, step by step: every server gains its weight, the first of those with the most is
// taken and gives the sum of the weights back.
struct Nginx {
  struct Peer {
    int32_t index;
    int64_t weight, current;
  };
  std::vector<Peer> peers;
  int32_t next() {
    Peer* best = nullptr;
    int64_t total = 0;
    for (Peer& peer : peers) {
      peer.current += peer.weight;
      total += peer.weight;
      if (!best || peer.current > best->current) best = &peer;
    }
    if (!best) return static_cast<int32_t>(Status::kNone);
    best->current -= total;
    return best->index;
  }
};

}  // namespace

TEST_CASE("weighted round robin picks as nginx does, whatever the weights and who is healthy") {
  Random random(7);
  for (int round = 0; round < 200; ++round) {
    auto set = std::move(*EndpointSet::create({}));
    size_t servers = 1 + random.below(8);
    std::vector<int64_t> weights;
    std::vector<bool> healthy(servers, true);
    for (size_t i = 0; i < servers; ++i) {
      weights.push_back(static_cast<int64_t>(random.below(21)));
      REQUIRE(set->add(std::to_string(i), weights[i], ""));
    }
    Config config;
    config.set("policy", "weighted_round_robin");
    config.set("seed", "1");
    auto balancer = std::move(*Balancer::create(config, set, make_manual_clock(0)));
    for (int change = 0; change < 4; ++change) {
      Nginx model;
      for (size_t i = 0; i < servers; ++i) {
        if (healthy[i] && weights[i] > 0)
          model.peers.push_back({static_cast<int32_t>(i), weights[i], 0});
      }
      for (int pick = 0; pick < 200; ++pick) REQUIRE(balancer->pick("") == model.next());
      size_t who = random.below(servers);  // a change begins the order anew
      healthy[who] = !healthy[who];
      REQUIRE(set->set_healthy(static_cast<int32_t>(who), healthy[who]));
    }
  }
}

// Over random schedules, against a model that knows every ticket: who is picked has the least load
// for its weight, a ticket counts once, and none that was dropped counts past its deadline.
TEST_CASE("least connections and its tickets against a model") {
  Random random(11);
  for (int round = 0; round < 30; ++round) {
    auto clock = make_manual_clock(0);
    auto set = std::move(*EndpointSet::create({}));
    std::vector<int64_t> weights;
    for (int i = 0; i < 5; ++i) {
      weights.push_back(1 + static_cast<int64_t>(random.below(4)));
      REQUIRE(set->add(std::to_string(i), weights.back(), ""));
    }
    Config config;
    config.set("policy", "least_connections");
    config.set("tickets", "40");
    config.set("ticket_ms", "10000");
    auto balancer = std::move(*Balancer::create(config, set, clock));
    struct Out {
      int32_t endpoint;
      int64_t until;
    };
    std::map<int64_t, Out> out;
    std::vector<int64_t> ended;
    std::vector<int64_t> load(5);
    for (int step = 0; step < 2000; ++step) {
      clock->advance(static_cast<int64_t>(random.below(2 * kSecond)));
      int64_t now = clock->now();
      bool give_back = random.below(3) == 0;
      if (give_back && !out.empty()) {
        auto it = std::next(out.begin(), static_cast<std::ptrdiff_t>(random.below(out.size())));
        bool late = now >= it->second.until;
        Status said =
            random.below(2) ? balancer->release(it->first, true, 0) : balancer->cancel(it->first);
        CHECK(said == (late ? Status::kLapsed : Status::kOk));
        ended.push_back(it->first);
        out.erase(it);
        continue;
      }
      if (give_back && !ended.empty()) {
        CHECK(balancer->release(ended[random.below(ended.size())], true, 0) == Status::kLapsed);
        continue;
      }
      std::fill(load.begin(), load.end(), 0);
      int64_t standing = 0;
      for (auto it = out.begin(); it != out.end();) {
        if (now >= it->second.until) {
          ended.push_back(it->first);
          it = out.erase(it);
        } else {
          ++load[static_cast<size_t>(it->second.endpoint)];
          ++standing;
          ++it;
        }
      }
      int32_t endpoint = -1;
      int64_t ticket = balancer->acquire("", &endpoint);
      if (standing == 40) {
        CHECK(ticket == static_cast<int64_t>(Status::kFull));
        continue;
      }
      REQUIRE(ticket > 0);
      auto chosen = static_cast<size_t>(endpoint);
      for (size_t i = 0; i < load.size(); ++i) {  // expected delay after taking it, as IPVS' sed
        CHECK((load[chosen] + 1) * weights[i] <= (load[i] + 1) * weights[chosen]);
        if (i != chosen) CHECK(set->at(static_cast<int32_t>(i))->in_flight.load() == load[i]);
      }
      CHECK(set->at(endpoint)->in_flight.load() == load[chosen] + 1);
      CHECK(out.emplace(ticket, Out{endpoint, now + 10 * kSecond}).second);
    }
    clock->advance(10 * kSecond);
    balancer->pick("");
    for (int32_t i = 0; i < 5; ++i) CHECK(set->at(i)->in_flight.load() == 0);
  }
}

TEST_CASE("round robin takes the healthy in turn, whoever comes and goes") {
  Random random(13);
  auto set = std::move(*EndpointSet::create({}));
  auto balancer = std::move(*Balancer::create({}, set, make_manual_clock(0)));
  std::map<int32_t, bool> healthy;
  for (int round = 0; round < 300; ++round) {
    std::string name = std::to_string(random.below(9));
    int32_t index = set->find(name);
    if (index < 0) {
      healthy[*set->add(name, 1, "")] = true;
    } else if (random.below(2)) {
      REQUIRE(set->remove(index));
      healthy.erase(index);
    } else {
      REQUIRE(set->set_healthy(index, healthy[index] = !healthy[index]));
    }
    std::vector<int32_t> ring;
    for (auto [who, well] : healthy) {
      if (well) ring.push_back(who);
    }
    int32_t first = balancer->pick("");
    if (ring.empty()) {
      CHECK(first == static_cast<int32_t>(Status::kNone));
      continue;
    }
    auto at = std::find(ring.begin(), ring.end(), first);
    REQUIRE(at != ring.end());
    std::rotate(ring.begin(), at, ring.end());
    for (size_t i = 1; i < 2 * ring.size(); ++i) CHECK(balancer->pick("") == ring[i % ring.size()]);
  }
}

}  // namespace og
