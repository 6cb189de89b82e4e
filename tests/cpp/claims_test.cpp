// SPDX-License-Identifier: Apache-2.0
// Permits, tickets, leases and calls go back when they are destroyed.
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>

#include "tests/cpp/error.h"

using namespace outgrow;
using namespace std::chrono_literals;

static CircuitBreaker half_open(Clock& clock) {
  CircuitBreaker breaker({{"failure_threshold", 1}, {"open_ms", 1s}}, clock);
  breaker.enter().exit(false);
  clock.advance(1s);
  return breaker;
}

TEST_CASE("a permit that is not returned is cancelled") {
  auto clock = Clock::manual();
  CircuitBreaker breaker = half_open(clock);
  {
    auto permit = breaker.enter();
    CHECK(permit);
    CHECK_FALSE(breaker.enter());  // half open, one call is out at a time
  }
  auto permit = breaker.enter();
  CHECK(permit);
  auto moved = std::move(permit);
  CHECK_FALSE(permit);
  CHECK(status_of([&] { permit.exit(true); }) == Status::null_handle);
  CHECK(moved.exit(true) == Status::ok);
  CHECK_FALSE(moved);
  CHECK(status_of([&] { moved.exit(true); }) == Status::null_handle);
}

TEST_CASE("assigning over a permit gives back the one that was there") {
  auto clock = Clock::manual();
  CircuitBreaker breaker = half_open(clock);
  auto permit = breaker.enter();
  permit = CircuitBreaker::Permit();
  CHECK(breaker.enter());
}

TEST_CASE("a permit may be let go and taken up by its number") {
  auto clock = Clock::manual();
  CircuitBreaker breaker = half_open(clock);
  std::int64_t id = breaker.enter().let_go();
  CHECK_FALSE(breaker.enter());
  CHECK(breaker.adopt(id).exit(false) == Status::ok);
  CHECK(breaker.state() == BreakerState::open);
}

TEST_CASE("a breaker's call counts by how the function ends") {
  auto clock = Clock::manual();
  CircuitBreaker breaker({{"failure_threshold", 2}, {"open_ms", 1s}}, clock);
  int number = 5;
  CHECK(breaker.call([&] { return number; }) == 5);
  breaker.call([&]() -> int& { return number; }) = 6;
  CHECK(number == 6);
  auto fails = [] { throw std::runtime_error("down"); };
  CHECK_THROWS_AS(breaker.call(fails), std::runtime_error);
  breaker.call([] {});  // a success in between
  CHECK_THROWS_AS(breaker.call(fails), std::runtime_error);
  CHECK(breaker.state() == BreakerState::closed);
  CHECK_THROWS_AS(breaker.call(fails), std::runtime_error);
  CHECK(breaker.state() == BreakerState::open);

  bool called = false;
  try {
    breaker.call([&] { called = true; });
    FAIL("an open breaker let a call through");
  } catch (const CircuitOpen& open) {
    CHECK(open.status() == Status::refused);
    CHECK(open.retry_after() == 1s);
    CHECK(std::string(open.what()) == "the circuit breaker is open; try again in 1.0 s");
  }
  CHECK_FALSE(called);
}

TEST_CASE("what a noun in a scope throws of a refusal says its name") {
  const std::string segment = "/outgrow-refusal-" + std::to_string(getpid());
  const Scope scope = Scope::host(segment);
  Scope::remove(segment);
  CircuitBreaker breaker(scope, "payments", {{"open_ms", "30s"}}, Clock::manual());
  breaker.force_open();
  CHECK_THROWS_WITH(breaker.call([] {}),
                    "the circuit breaker 'payments' is open; it stays so until it is reset");
  ConcurrencyLimiter limiter(scope, "uploads", {{"limit", 1}});
  const auto permit = limiter.enter();
  CHECK_THROWS_WITH(limiter.call([] {}), "as many calls are in flight as may be in 'uploads'");
  RateLimiter logins(scope, "logins", {{"rate", "1/s"}});
  CHECK(logins.refusal(250ms) == "over the rate limit 'logins'; try again in 0.25 s");
}

TEST_CASE("a call that succeeds while an exception unwinds counts as success") {
  CircuitBreaker breaker({{"failure_threshold", 1}});
  struct Cleanup {
    CircuitBreaker& breaker;
    ~Cleanup() {
      breaker.call([] {});
    }
  };
  try {
    Cleanup cleanup{breaker};
    throw std::runtime_error("elsewhere");
  } catch (const std::runtime_error&) {
  }
  CHECK(breaker.state() == BreakerState::closed);
}

TEST_CASE("tickets count while they live") {
  Endpoints endpoints;
  endpoints.add("a");
  Balancer balancer(endpoints, {{"policy", "least_connections"}, {"tickets", 1}});
  {
    auto ticket = balancer.acquire();
    CHECK(ticket);
    CHECK(ticket.endpoint() == 0);
    CHECK(endpoints.in_flight(0) == 1);
    CHECK(balancer.acquire().status() == Status::full);
  }
  CHECK(endpoints.in_flight(0) == 0);
  CHECK(endpoints.calls(0) == 0);  // cancelled, not returned
  CHECK(balancer.acquire().release(false, 5ms) == Status::ok);
  CHECK(endpoints.failures(0) == 1);
  endpoints.set_healthy(0, false);
  CHECK(balancer.acquire().status() == Status::none);

  ReplicaRouter replicas({{"replicas", 1}});
  {
    auto ticket = replicas.acquire(Operation::write);
    CHECK(ticket.node() == 0);
    CHECK(replicas.in_flight(0) == 1);
  }
  CHECK(replicas.in_flight(0) == 0);
  CHECK(replicas.acquire(Operation::read).node() == 1);
}

TEST_CASE("an error keeps a ticket, which its destructor gives back") {
  Endpoints endpoints;
  endpoints.add("a");
  Balancer balancer(endpoints);
  {
    auto ticket = balancer.acquire();
    CHECK(status_of([&] { ticket.release(true, -5s); }) == Status::invalid_argument);
    CHECK(ticket);
    CHECK(endpoints.in_flight(0) == 1);
  }
  CHECK(endpoints.in_flight(0) == 0);
}

TEST_CASE("a lease that is not filled is given up") {
  Cache cache;
  {
    auto first = cache.get_or_lease("k");
    CHECK(first.lease);
    auto second = cache.get_or_lease("k");
    CHECK(second.status == Status::wait);
    CHECK(second.wait > 0s);
  }
  auto again = cache.get_or_lease("k");
  REQUIRE(again.lease);
  Lease moved = std::move(again.lease);
  CHECK(moved.fill("v") == Status::ok);
  CHECK_FALSE(moved);
  CHECK(cache.get_or_lease("k").view() == "v");

  std::int64_t id = cache.get_or_lease("other").lease.let_go();
  CHECK(cache.get_or_lease("other").status == Status::wait);
  CHECK(cache.adopt("other", id).fill_absent() == Status::ok);
  CHECK(cache.get_or_lease("other").status == Status::absent);
}

TEST_CASE("a service's call that is not ended is cancelled") {
  Service service({{"replicas.replicas", 1}, {"max_in_flight", 1}});
  {
    auto call = service.begin(Operation::read, "ada", "k");
    CHECK(call.status() == Status::miss);
    CHECK(call.node() == 1);
    CHECK(call.server() == OG_NONE);
    CHECK(service.begin(Operation::read, "ada", "k").status() == Status::full);
  }
  CHECK(service.stat(ServiceStat::cancelled) == 1);
  auto call = service.begin(Operation::write, {}, {});
  CHECK(call.end(true) == Status::ok);
  CHECK_FALSE(call);
  CHECK(service.stat(ServiceStat::successes) == 1);
}
