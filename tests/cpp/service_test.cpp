// SPDX-License-Identifier: Apache-2.0
// Service::read and write: whole requests.
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/cpp/error.h"

using namespace outgrow;
using namespace std::chrono_literals;

namespace {

std::string value(std::int32_t, std::int32_t) { return "v"; }
std::string fails(std::int32_t, std::int32_t) { throw std::runtime_error("down"); }

ServiceRefused refusal_of(Service& service, Bytes client) {
  try {
    service.read(client, "another", value);
  } catch (const ServiceRefused& refused) {
    return refused;
  }
  FAIL("the request was not refused");
  return {Status::ok, 0ns};
}

}  // namespace

TEST_CASE("a request goes through all layers of a service") {
  auto clock = Clock::manual();
  Service service({{"servers", "a"},
                   {"limiter.rate", "6/h"},
                   {"breaker.failure_threshold", 1},
                   {"breaker.open_ms", 1h},
                   {"cache.ttl_ms", 10s},
                   {"cache.negative_ttl_ms", 1s},
                   {"replicas.replicas", 1}},
                  clock);
  std::vector<std::int32_t> nodes;
  auto call = [&](std::int32_t server, std::int32_t node) {
    CHECK(server == 0);
    nodes.push_back(node);
    return std::string("v");
  };
  CHECK(service.read("me", "k", call) == "v");
  CHECK(service.read("me", "k", call) == "v");
  CHECK(service.write("me", "k", call) == "v");
  CHECK(nodes ==
        std::vector<std::int32_t>{1, 0});  // the second was cached; writes go to the primary
  auto nobody = [](std::int32_t, std::int32_t) { return std::optional<std::string>(); };
  CHECK(service.read("me", "gone", nobody) == std::nullopt);
  CHECK(service.read("me", "gone", fails) == std::nullopt);
  CHECK_THROWS_AS(service.read("me", "k", fails), std::runtime_error);  // forgotten by the write
  ServiceRefused limited = refusal_of(service, "me");
  CHECK(limited.status() == Status::denied);
  CHECK(limited.retry_after() == 10min);
  ServiceRefused open = refusal_of(service, "you");
  CHECK(open.status() == Status::refused);
  CHECK(open.retry_after() == 1h);
  CHECK(service.stat(ServiceStat::failures) == 1);
}

TEST_CASE("a value lives for the time given to a service's read") {
  auto clock = Clock::manual();
  Service service({{"cache.ttl_ms", 1h}}, clock);
  CHECK(service.read({}, "k", value, 1s) == "v");
  clock.advance(999ms);
  CHECK(service.read({}, "k", fails) == "v");
  clock.advance(1ms);
  CHECK_THROWS_AS(service.read({}, "k", fails), std::runtime_error);
  CHECK(status_of([&] { service.read({}, "k", fails, Duration(-2)); }) == Status::invalid_argument);
}

TEST_CASE("a write that throws has failed, and its key is invalid") {
  Service service({{"cache.ttl_ms", 1h}});
  service.read({}, "k", value);
  auto throws = [](std::int32_t, std::int32_t) { throw std::runtime_error("down"); };
  CHECK_THROWS_AS(service.write({}, "k", throws), std::runtime_error);
  CHECK(service.stat(ServiceStat::failures) == 1);
  CHECK(service.stat(ServiceStat::invalidations) == 1);
  CHECK(service.read({}, "k", [](std::int32_t, std::int32_t) { return std::string("new"); }) ==
        "new");
}

TEST_CASE("who waits for another's load takes one from the client's rate") {
  Service service({{"limiter.rate", "4/h"}, {"cache.lease_ms", 1h}}, Clock::manual());
  std::atomic<bool> loading = false, loaded = false;
  std::vector<std::thread> threads;
  threads.emplace_back([&] {
    service.read("me", "k", [&](std::int32_t, std::int32_t) {
      loading = true;
      while (!loaded) std::this_thread::yield();
      return std::string("v");
    });
  });
  while (!loading) std::this_thread::yield();
  std::atomic<int> right = 0;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] { right += service.read("me", "k", fails) == "v"; });
  }
  while (service.stat(ServiceStat::waits) < 12)
    std::this_thread::yield();  // each asks again and again
  loaded = true;
  for (auto& thread : threads) thread.join();
  CHECK(right == 3);
  CHECK(refusal_of(service, "me").status() == Status::denied);
}
