// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/balance/balancer.h"
#include "core/balance/ring.h"
#include "core/base/random.h"
#include "tests/catch.h"

namespace og {
namespace {

struct Servers {
  std::shared_ptr<EndpointSet> set = std::move(*EndpointSet::create({}));
  std::unique_ptr<Balancer> balancer;
  std::string host, port;

  Servers(const char* hash, int servers, std::string host_ = "10.0.0.",
          std::string port_ = ":11211")
      : host(std::move(host_)), port(std::move(port_)) {
    Config config;
    config.set("policy", "consistent_hash");
    config.set("ring_hash", hash);
    for (int i = 0; i < servers; ++i) add(i);
    balancer = std::move(*Balancer::create(config, set, make_manual_clock(0)));
  }
  int32_t add(int i) { return *set->add(host + std::to_string(i) + port, 1, ""); }
  std::vector<int32_t> owners(int keys) const {
    std::vector<int32_t> out;
    for (int i = 0; i < keys; ++i) out.push_back(balancer->pick("user:" + std::to_string(i)));
    return out;
  }
};

}  // namespace

// A server's share is the sum of its points' gaps, each exponential about its mean: with v points
// the shares' relative standard deviation is 1 / sqrt(v), and the keys' own sampling adds the rest.
// The estimate from n servers is itself off by 1 / sqrt(2 n); three of those are allowed.
TEST_CASE("ring: shares spread as theory has it for 160 points") {
  for (const char* hash : {"xxh3", "ketama"}) {
    for (int servers : {10, 100}) {
      constexpr int kKeys = 100'000;
      Servers ring(hash, servers);
      std::map<int32_t, int> share;
      for (int32_t owner : ring.owners(kKeys)) ++share[owner];
      CHECK(share.size() == static_cast<size_t>(servers));
      double mean = static_cast<double>(kKeys) / servers, squares = 0;
      for (auto [owner, keys] : share) squares += std::pow(keys / mean - 1, 2);
      double seen = std::sqrt(squares / (servers - 1));
      double theory = std::sqrt(1.0 / 160 + 1 / mean);
      INFO(hash << ", " << servers << " servers: " << seen << " against " << theory);
      CHECK(seen < theory * (1 + 3 / std::sqrt(2.0 * servers)));
      CHECK(seen > theory * (1 - 3 / std::sqrt(2.0 * servers)));  // no other placement than random
    }
  }
}

// Names alike but for their last byte, and of few bytes, are the ones that a weak hash does not
// tell apart. Shares spread by 1 / sqrt(160), a twelfth: the half that is allowed here is six times
// that.
TEST_CASE("ring: servers of short names have their shares") {
  for (const char* name : {"", "d", "db", "srv", "node", "server-"}) {
    for (const char* hash : {"xxh3", "ketama"}) {
      constexpr int kKeys = 50'000, kServers = 10;
      std::map<int32_t, int> share;
      for (int32_t owner : Servers(hash, kServers, name, "").owners(kKeys)) ++share[owner];
      CHECK(share.size() == kServers);
      for (auto [owner, keys] : share) {
        INFO(hash << ", " << name << owner << ": " << keys);
        CHECK(keys > kKeys / kServers / 2);
        CHECK(keys < kKeys / kServers * 3 / 2);
      }
    }
  }
}

TEST_CASE("ring: a server that comes or goes moves its own keys alone") {
  constexpr int kKeys = 20'000, kServers = 20;
  for (const char* hash : {"xxh3", "ketama"}) {
    Servers ring(hash, kServers);
    std::vector<int32_t> before = ring.owners(kKeys);
    int32_t fresh = ring.add(kServers);
    std::vector<int32_t> with = ring.owners(kKeys);
    int moved = 0;
    for (size_t i = 0; i < before.size(); ++i) {
      if (with[i] == before[i]) continue;
      ++moved;
      CHECK(with[i] == fresh);
    }
    // Its share: one in 21, within four standard deviations of it.
    double expected = static_cast<double>(kKeys) / (kServers + 1);
    CHECK(std::abs(moved - expected) < 4 * expected * std::sqrt(1.0 / 160 + 1 / expected));

    REQUIRE(ring.set->remove(fresh));
    CHECK(ring.owners(kKeys) == before);

    REQUIRE(ring.set->set_healthy(3, false));
    std::vector<int32_t> without = ring.owners(kKeys);
    for (size_t i = 0; i < before.size(); ++i) {
      if (before[i] == 3) {
        CHECK(without[i] != 3);
      } else {
        CHECK(without[i] == before[i]);
      }
    }
    REQUIRE(ring.set->set_healthy(3, true));
    CHECK(ring.owners(kKeys) == before);
  }
}

// A ring that takes over what it can of the one before is the one that is drawn afresh.
TEST_CASE("ring: whatever changes came before, the ring is the same") {
  Random random(17);
  for (RingHash hash : {RingHash::kXxh3, RingHash::kKetama}) {
    std::vector<std::string> names;
    std::vector<int64_t> weights;
    std::unique_ptr<Ring> ring;
    for (int change = 0; change < 120; ++change) {
      const size_t at = random.below(names.size() + 1);
      const uint64_t what = random.below(4);
      if (at == names.size() ||
          what == 0) {  // a newcomer in the middle: the others' numbers change
        names.insert(names.begin() + static_cast<std::ptrdiff_t>(at),
                     "server-" + std::to_string(change));
        weights.insert(weights.begin() + static_cast<std::ptrdiff_t>(at), 1);
      } else if (what == 1) {
        names.erase(names.begin() + static_cast<std::ptrdiff_t>(at));
        weights.erase(weights.begin() + static_cast<std::ptrdiff_t>(at));
      } else {
        weights[at] = what == 2 ? 1 : static_cast<int64_t>(random.below(4));
      }
      std::vector<Member> members;
      for (size_t i = 0; i < names.size(); ++i)
        members.push_back({nullptr, names[i], weights[i], true});
      ring = std::make_unique<Ring>(members, hash, 40, ring.get());
      const Ring afresh(members, hash, 40);
      CHECK(ring->is_of(members));
      REQUIRE(std::equal(ring->points().begin(), ring->points().end(), afresh.points().begin(),
                         afresh.points().end(), [](const Ring::Point& a, const Ring::Point& b) {
                           return a.position == b.position && a.member == b.member;
                         }));
      if (!names.empty()) {
        members[0].weight += 1;
        CHECK_FALSE(ring->is_of(members));
        members[0] = {nullptr, "another", weights[0], true};
        CHECK_FALSE(ring->is_of(members));
      }
    }
  }
}

// Counted, not timed: servers that are added one by one, are hashed once each.
TEST_CASE("ring: a server that joins costs its own points alone") {
  std::vector<Member> members;
  std::vector<std::string> names(300);
  for (size_t i = 0; i < names.size(); ++i) names[i] = "10.0.0." + std::to_string(i);
  std::unique_ptr<Ring> ring;
  for (const std::string& name : names) {
    members.push_back({nullptr, name, 1, true});
    ring = std::make_unique<Ring>(members, RingHash::kXxh3, 160, ring.get());
    CHECK(ring->hashed() == 160);
    CHECK(ring->points().size() == 160 * members.size());
  }
}

}  // namespace og
