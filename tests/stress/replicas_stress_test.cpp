// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>
#include <vector>

#include "core/base/random.h"
#include "core/data/replicas.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int kThreads = 8, kRounds = 5000;

// Replica 3 stays healthy, 1 and 2 come and go: no read falls back, none is lost.
void run(const char* policy) {
  Config config;
  config.set("replicas", "3");
  config.set("policy", policy);
  config.set("tickets", "64");
  auto router = std::move(*ReplicaRouter::create(config, system_clock()));
  std::atomic<int> wrong{0}, lost{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Random random(static_cast<uint64_t>(thread) + 1);
      for (int i = 0; i < kRounds; ++i) {
        if (thread == 0) {
          router->set_healthy(1 + i % 2, random.below(2) != 0);
          continue;
        }
        int32_t node = router->read();
        if (node < 1 || node > 3) ++wrong;
        bool write = random.below(8) == 0;
        int64_t ticket = router->acquire(write, &node);
        if (ticket < 0 || (write ? node != 0 : node < 1 || node > 3)) ++wrong;
        if (router->release(ticket, true, i) != Status::kOk ||
            router->release(ticket, true, i) != Status::kLapsed) {
          ++lost;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(lost == 0);
  int64_t reads = 0;
  for (int32_t node = 0; node <= 3; ++node) {
    CHECK(router->in_flight(node) == 0);
    reads += router->reads(node);
  }
  CHECK(reads + router->writes() == int64_t{2} * (kThreads - 1) * kRounds);
}

}  // namespace

TEST_CASE("eight threads on replicas: round robin") { run("round_robin"); }
TEST_CASE("eight threads on replicas: least in flight") { run("least_in_flight"); }

}  // namespace og
