// SPDX-License-Identifier: Apache-2.0
// Calls in flight at a fork are the parent's: the child has none, and their tickets lapse there.
#include <atomic>
#include <memory>
#include <thread>

#include "core/balance/balancer.h"
#include "core/cache/cache.h"
#include "core/data/replicas.h"
#include "core/guard/breaker.h"
#include "core/service/service.h"
#include "tests/catch.h"
#include "tests/core/forks.h"
#include "tests/sanitizers.h"

namespace og {

TEST_CASE("forks: a balancer's calls on the heap are the parent's") {
  std::shared_ptr<EndpointSet> set = *EndpointSet::create({});
  REQUIRE(set->add("a", 1, ""));
  auto balancer = *Balancer::create({}, set, make_manual_clock(0));
  int32_t endpoint = -1;
  const int64_t ticket = balancer->acquire("", &endpoint);
  REQUIRE(ticket > 0);
  CHECK(in_forked_child([&] {
          if (set->at(0)->in_flight.load() != 0) return 1;
          if (balancer->release(ticket, true, -1) != Status::kLapsed) return 2;
          const int64_t own = balancer->acquire("", &endpoint);
          if (own <= 0 || own == ticket || set->at(0)->in_flight.load() != 1) return 3;
          return balancer->release(own, true, -1) == Status::kOk ? 0 : 4;
        }) == 0);
  CHECK(set->at(0)->in_flight.load() == 1);
  CHECK(balancer->release(ticket, true, -1) == Status::kOk);
}

TEST_CASE("forks: a router's calls are the parent's") {
  Config config;
  config.set("replicas", "2");
  auto router = *ReplicaRouter::create(config, make_manual_clock(0));
  int32_t node = -1;
  const int64_t ticket = router->acquire(false, &node);
  REQUIRE(ticket > 0);
  CHECK(in_forked_child([&] {
          if (router->in_flight(node) != 0) return 1;
          return router->release(ticket, true, -1) == Status::kLapsed ? 0 : 2;
        }) == 0);
  CHECK(router->in_flight(node) == 1);
  CHECK(router->release(ticket, true, -1) == Status::kOk);
}

TEST_CASE("forks: a half-open breaker's permits are the parent's") {
  Config config;
  config.set("failure_threshold", "1");
  config.set("open_ms", "1s");
  config.set("permit_ms", "1h");
  auto clock = make_manual_clock(0);
  auto breaker = *Breaker::create(config, clock);
  breaker->exit(breaker->enter(), false);
  clock->set(2'000'000'000);
  REQUIRE(breaker->enter() > 0);  // the one that is let in
  REQUIRE(breaker->enter() < 0);
  CHECK(in_forked_child([&] { return breaker->enter() > 0 ? 0 : 1; }) == 0);
  CHECK(breaker->enter() < 0);
}

TEST_CASE("forks: a service's calls are the parent's, and invalidate nothing in the child") {
  Config config;
  config.set("call_ms", "0");  // no time ends them
  config.set("max_in_flight", "8");
  config.set("cache.capacity_bytes", "1MiB");
  config.set("servers", "a");
  config.set("replicas.replicas", "1");
  auto service = *Service::create(config, make_manual_clock(0));
  const ServiceAnswer write = service->begin({"c", "k", true});
  REQUIRE(write.result > 0);
  CHECK(in_forked_child([&] {
          if (service->in_flight() != 0) return 1;
          service->cache()->set("k", "v");
          if (service->end(write.result, {}) != Status::kLapsed) return 2;
          if (service->cache()->get("k").outcome != Status::kOk) return 3;
          for (int i = 0; i < 8; ++i) {
            if (service->begin({"c", "k", true}).result <= 0) return 4;
          }
          return service->in_flight() == 8 ? 0 : 5;
        }) == 0);
  CHECK(service->in_flight() == 1);
  CHECK(service->end(write.result, {}) == Status::kOk);
}

#ifndef __SANITIZE_THREAD__   // which forbids threads on both sides of a fork
#ifndef __SANITIZE_ADDRESS__  // whose allocator's locks do not survive another thread's use
TEST_CASE("forks: the child of a parent whose other thread reads the cache frees what it evicts") {
  Config config;
  config.set("capacity_bytes", "1MiB");
  auto cache = *Cache::create(config, make_manual_clock(0));
  const std::string value(1000, 'v');
  cache->set("k", value);
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    while (!stop) cache->get("k");
  });
  int worst = 0;
  for (int i = 0; i < 20; ++i) {
    worst = std::max(worst, in_forked_child([&] {
                       for (int k = 0; k < 6000; ++k) cache->set("k" + std::to_string(k), value);
                       return static_cast<int>(
                           std::min<int64_t>(cache->stats().totals.retired_bytes >> 20, 100));
                     }));
  }
  stop = true;
  reader.join();
  CHECK(worst == 0);  // MiB; some 16 KiB a shard are in order
}
#endif
#endif

}  // namespace og
