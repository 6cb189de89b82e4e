// SPDX-License-Identifier: Apache-2.0
// Nouns know a scope by its interface alone: here they lie in one of the tests' own.
#include "core/scope/scope.h"

#include <string>

#include "core/balance/balancer.h"
#include "core/guard/breaker.h"
#include "core/guard/concurrency.h"
#include "core/limit/limiter.h"
#include "core/observe/metrics.h"
#include "core/scope/place.h"
#include "tests/catch.h"
#include "tests/core/room_scope.h"

namespace og {
namespace {

using test::Processes;

Config config_of(std::initializer_list<std::pair<const char*, const char*>> options) {
  Config config;
  for (auto [name, value] : options) config.set(name, value);
  return config;
}

}  // namespace

TEST_CASE("scope: a limiter counts for all processes of any scope") {
  Processes processes;
  auto clock = make_manual_clock(0);
  const Config config = config_of({{"rate", "2/h"}, {"keys", "64"}});
  auto one = *Limiter::create(config, clock, Place(processes.one, "api"));
  auto other = *Limiter::create(config, clock, Place(processes.other, "api"));
  auto apart = *Limiter::create(config, clock, Place(processes.one, "another"));
  CHECK(one->acquire("alice", 1) == 0);
  CHECK(other->acquire("alice", 1) == 0);
  CHECK(one->acquire("alice", 1) > 0);
  CHECK(other->denied() == 1);
  REQUIRE(other->hottest().size() == 1);
  CHECK(other->hottest()[0].key == "alice");
  CHECK(apart->acquire("alice", 1) == 0);
}

TEST_CASE("scope: permits of a dead process are taken back in any scope") {
  Processes processes;
  auto clock = make_manual_clock(0);
  const Config config = config_of({{"limit", "2"}, {"permit_ms", "0"}});
  auto one = *ConcurrencyLimiter::create(config, clock, Place(processes.one, "calls"));
  auto other = *ConcurrencyLimiter::create(config, clock, Place(processes.other, "calls"));
  const int64_t permit = one->enter();
  REQUIRE(permit > 0);
  REQUIRE(one->enter() > 0);
  CHECK(other->enter() == static_cast<int64_t>(Status::kFull));
  CHECK(other->exit(permit) == Status::kLapsed);  // another's
  processes.one->die();
  CHECK(other->in_flight() == 0);
  CHECK(other->stat(ConcurrencyLimiter::kOrphaned) == 2);
  CHECK(other->enter() > 0);
}

TEST_CASE("scope: a breaker's state and its trial are those of all processes of any scope") {
  Processes processes;
  auto clock = make_manual_clock(0);
  const Config config =
      config_of({{"failure_threshold", "1"}, {"open_ms", "1s"}, {"permit_ms", "1h"}});
  auto one = *Breaker::create(config, clock, Place(processes.one, "api"));
  auto other = *Breaker::create(config, clock, Place(processes.other, "api"));
  one->exit(one->enter(), false);
  CHECK(other->state() == BreakerState::kOpen);
  clock->advance(1'000'000'000);
  REQUIRE(one->enter() > 0);  // the one that is let in
  CHECK(other->enter() == static_cast<int64_t>(Status::kRefused));
  processes.one->die();
  CHECK(other->enter() > 0);
}

TEST_CASE("scope: a set of endpoints is that of all processes of any scope") {
  Processes processes;
  auto clock = make_manual_clock(0);
  std::shared_ptr<EndpointSet> one = *EndpointSet::create({}, Place(processes.one, "servers"));
  std::shared_ptr<EndpointSet> other = *EndpointSet::create({}, Place(processes.other, "servers"));
  REQUIRE(one->add("a", 1, ""));
  CHECK(other->find("a") == 0);
  auto balancer = *Balancer::create({}, one, clock);
  int32_t picked = -1;
  REQUIRE(balancer->acquire("", &picked) > 0);
  CHECK(other->observe(0)->in_flight.load() == 1);
  processes.one->die();
  CHECK(other->observe(0)->in_flight.load() == 0);
  CHECK(processes.one->changes > 0);
  CHECK(processes.one->ended == processes.one->changes);
}

TEST_CASE("scope: the program's own series are those of all processes of any scope") {
  Processes processes;
  auto one = *Metrics::create({}, Place(processes.one, "metrics"));
  auto other = *Metrics::create({}, Place(processes.other, "metrics"));
  auto id = one->own().define(OwnSeries::Kind::kCounter, "orders_total", "Orders.", "");
  REQUIRE(id);
  CHECK(other->own().define(OwnSeries::Kind::kCounter, "orders_total", "Orders.", "") == *id);
  one->own().increment(*id, 3);
  CHECK(other->render().find("orders_total 3\n") != std::string::npos);
}

TEST_CASE("scope: options are those of the one that is there, and change for all, in any scope") {
  Processes processes;
  auto clock = make_manual_clock(0);
  auto one = *ConcurrencyLimiter::create(config_of({{"limit", "1"}}), clock,
                                         Place(processes.one, "calls"));
  auto other = *ConcurrencyLimiter::create(config_of({{"limit", "2"}}), clock,
                                           Place(processes.other, "calls"));
  CHECK(other->limit() == 1);
  CHECK(processes.one->differences().empty());
  REQUIRE(processes.other->differences().size() == 1);
  CHECK(processes.other->differences()[0].find("limit") != std::string::npos);
  const auto refuses = config_of({{"limit", "2"}, {"on_mismatch", "refuse"}});
  const auto refused = ConcurrencyLimiter::create(refuses, clock, Place(processes.other, "calls"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().option == "limit");
  REQUIRE(other->reconfigure(config_of({{"limit", "2"}})));
  CHECK(one->limit() == 2);
  CHECK(ConcurrencyLimiter::create(refuses, clock, Place(processes.one, "calls")));
}

TEST_CASE("scope: on the heap each object is its own, and so is nobody's to wait for") {
  auto clock = make_manual_clock(0);
  const Config config = config_of({{"limit", "1"}});
  auto one = *ConcurrencyLimiter::create(config, clock);
  auto other = *ConcurrencyLimiter::create(config, clock);
  CHECK(one->enter() > 0);
  CHECK(other->enter() > 0);
  const Scope& heap = *HeapScope::instance();
  CHECK(heap.owner() != 0);
  CHECK(heap.is_alive(heap.owner()));
  CHECK_FALSE(heap.is_alive(heap.owner() + 1));
  CHECK(heap.change(nullptr));
  CHECK(heap.seed() != heap.seed());
}

}  // namespace og
