// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "core/balance/balancer.h"
#include "core/base/random.h"
#include "tests/catch.h"
#include "tests/core/host_processes.h"

namespace og {
namespace {

constexpr int kThreads = 8, kChangers = 2, kRounds = 3000;

struct Side {
  Side(const char* policy, const Place& place) {
    Config set_config, config;
    set_config.set("max_endpoints", "12");
    config.set("policy", policy);
    config.set("tickets", "64");
    set = std::move(*EndpointSet::create(set_config, place));
    REQUIRE(set->put("always", 1, ""));
    balancer = std::move(*Balancer::create(config, set, system_clock()));
  }
  std::shared_ptr<EndpointSet> set;
  std::unique_ptr<Balancer> balancer;
};

// Six threads pick and acquire while two add, remove, mark and weigh. One endpoint always may be
// picked, so that there is always an answer. On the heap the sides are one; in a segment they are
// two that know of each other through it, as two processes' are.
void run(const std::array<Side*, 2>& sides) {
  std::atomic<int> nobody{0}, strangers{0}, lost{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Random random(static_cast<uint64_t>(thread) + 1);
      const auto& [set, balancer] = *sides[static_cast<size_t>(thread) % 2];
      for (int i = 0; i < kRounds; ++i) {
        if (thread < kChangers) {
          std::string name = std::to_string(random.below(16));  // more names than places
          int32_t index = set->find(name);
          auto weight = static_cast<int64_t>(random.below(4));
          switch (index < 0 ? 0 : random.below(4)) {
            case 0:
              (void)set->add(name, weight, "zone");
              break;
            case 1:
              (void)set->remove(index);
              break;
            case 2:
              (void)set->set_weight(index, weight);
              break;
            default:
              (void)set->set_healthy(index, weight > 0);
          }
          continue;
        }
        int32_t picked = balancer->pick(std::to_string(i));
        if (picked < 0) ++nobody;
        if (picked >= 12 || (picked >= 0 && !set->at(picked))) ++strangers;
        int32_t endpoint = -1;
        int64_t ticket = balancer->acquire(std::to_string(i), &endpoint);
        if (ticket < 0) {
          ++nobody;
        } else if (balancer->release(ticket, i % 7 != 0, i) != Status::kOk ||
                   balancer->release(ticket, true, i) != Status::kLapsed) {
          ++lost;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(nobody == 0);
  CHECK(strangers == 0);
  CHECK(lost == 0);
  for (Side* side : sides) {
    for (int32_t i = 0; i < 12; ++i) {
      if (side->set->observe(i)) CHECK(side->set->at(i)->in_flight.load() == 0);
    }
  }
}

void run(const char* policy) {
  Side side(policy, {});
  run({&side, &side});
}

void run_in_segment(const char* policy) {
  test::SegmentName name;
  const auto segment = test::attach(name.settings());
  Side one(policy, Place(segment, "servers")), other(policy, Place(segment, "servers"));
  run({&one, &other});
  CHECK(one.set->count() == other.set->count());
  CHECK(one.set->faults().empty());
}

}  // namespace

TEST_CASE("eight threads on a balancer: round robin") { run("round_robin"); }
TEST_CASE("eight threads on a balancer: weighted round robin") { run("weighted_round_robin"); }
TEST_CASE("eight threads on a balancer: least connections") { run("least_connections"); }
TEST_CASE("eight threads on a balancer: consistent hash") { run("consistent_hash"); }

TEST_CASE("eight threads on two balancers in a segment: round robin") {
  run_in_segment("round_robin");
}
TEST_CASE("eight threads on two balancers in a segment: weighted round robin") {
  run_in_segment("weighted_round_robin");
}
TEST_CASE("eight threads on two balancers in a segment: least connections") {
  run_in_segment("least_connections");
}
TEST_CASE("eight threads on two balancers in a segment: consistent hash") {
  run_in_segment("consistent_hash");
}

}  // namespace og
