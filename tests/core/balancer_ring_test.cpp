// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "core/balance/balancer.h"
#include "tests/catch.h"

namespace og {
namespace {

struct Ring {
  std::shared_ptr<EndpointSet> set = std::move(*EndpointSet::create({}));
  std::unique_ptr<Balancer> balancer;
  std::string host, port;

  Ring(const char* hash, int servers, std::string host_ = "10.0.0.", std::string port_ = ":11211")
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

// A server's share is the sum of its points' gaps, each exponential about its mean: with v points the
// shares' relative standard deviation is 1 / sqrt(v), and the keys' own sampling adds the rest. The
// estimate from n servers is itself off by 1 / sqrt(2 n); three of those are allowed.
TEST_CASE("ring: shares spread as theory has it for 160 points") {
  for (const char* hash : {"xxh3", "ketama"}) {
    for (int servers : {10, 100}) {
      constexpr int kKeys = 100'000;
      Ring ring(hash, servers);
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

// Names alike but for their last byte, and of few bytes, are the ones that a weak hash does not tell
// apart. Shares spread by 1 / sqrt(160), a twelfth: the half that is allowed here is six times that.
TEST_CASE("ring: servers of short names have their shares") {
  for (const char* name : {"", "d", "db", "srv", "node", "server-"}) {
    for (const char* hash : {"xxh3", "ketama"}) {
      constexpr int kKeys = 50'000, kServers = 10;
      std::map<int32_t, int> share;
      for (int32_t owner : Ring(hash, kServers, name, "").owners(kKeys)) ++share[owner];
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
    Ring ring(hash, kServers);
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

}  // namespace og
