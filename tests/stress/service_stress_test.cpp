// SPDX-License-Identifier: Apache-2.0
// Eight threads of requests while servers come and go, fail and recover.
#include <atomic>
#include <thread>
#include <vector>

#include "core/base/random.h"
#include "core/service/service.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int kThreads = 8;

template <class F>
void run_threads(F body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&, i] { body(i); });
  for (auto& thread : threads) thread.join();
}

std::unique_ptr<Service> make(std::initializer_list<std::pair<const char*, const char*>> options,
                              ClockPtr clock) {
  Config config;
  for (auto [name, value] : options) config.set(name, value);
  auto service = Service::create(config, std::move(clock));
  INFO((service ? "" : service.error().message));
  REQUIRE(service);
  return std::move(*service);
}

// Servers join, leave and fall ill; more names than indexes, so that these change hands.
void change_servers(EndpointSet& set, Random& random) {
  std::string name = "s" + std::to_string(random.below(12));
  int32_t index = set.find(name);
  if (index < 0) {
    (void)set.add(name, 1 + static_cast<int64_t>(random.below(3)), "");  // full: another time
  } else if (set.count() > 2 && random.below(2)) {
    (void)set.remove(index);
  } else {
    (void)set.set_healthy(index, random.below(3) != 0);
  }
}

}  // namespace

TEST_CASE("service: whatever the threads do, each call is settled once in every layer") {
  auto clock = make_manual_clock(0);
  auto service = make({{"servers", "s0, s1, s2, s3"},
                       {"endpoints.max_endpoints", "6"},
                       {"balancer.policy", "least_connections"},
                       {"limiter.rate", "1000000/s"},
                       {"breaker.failure_threshold", "3"},
                       {"breaker.open_ms", "1"},
                       {"breaker.success_threshold", "1"},
                       {"cache.capacity_entries", "64"},
                       {"cache.ttl_ms", "5"},
                       {"cache.stale_ms", "2"},
                       {"replicas.replicas", "3"},
                       {"replicas.policy", "least_in_flight"},
                       {"max_in_flight", "24"},
                       {"call_ms", "3"}},
                      clock);
  std::atomic<int64_t> requests{0}, ended{0}, cancelled{0}, lapsed{0}, nowhere{0};
  run_threads([&](int thread) {
    Random random(static_cast<uint64_t>(thread));
    std::vector<int64_t> held;
    auto settle = [&](size_t at) {
      int64_t ticket = held[at];
      held.erase(held.begin() + static_cast<std::ptrdiff_t>(at));
      int32_t server = service->server(ticket), node = service->node(ticket);
      constexpr auto kGone = static_cast<int32_t>(Status::kLapsed);
      if ((server < 0 && server != kGone) || (node < 0 && node != kGone)) nowhere.fetch_add(1);
      Status status;
      if (random.below(5) == 0) {
        status = service->cancel(ticket);
        if (status == Status::kOk) cancelled.fetch_add(1);
      } else {
        status = service->end(ticket, {.success = random.below(4) != 0,
                                       .keep = ServiceEnding::Keep::kValue,
                                       .value = "value"});
        if (status == Status::kOk) ended.fetch_add(1);
      }
      if (status == Status::kLapsed) lapsed.fetch_add(1);
    };
    for (int i = 0; i < 4'000; ++i) {
      if (thread == 0 && i % 8 == 0) change_servers(*service->endpoints(), random);
      if (thread == 1 && i % 16 == 0) {
        auto node = static_cast<int32_t>(random.below(4));
        service->replicas()->set_healthy(node, random.below(3) != 0);
      }
      clock->advance(static_cast<int64_t>(random.below(4'000)));
      std::string key = "key" + std::to_string(random.below(40));
      requests.fetch_add(1);
      ServiceAnswer answer = service->begin({"client", key, random.below(4) == 0});
      if (answer.result > 0) held.push_back(answer.result);
      if (held.size() > 3) settle(random.below(held.size()));
    }
    while (!held.empty()) settle(0);
  });

  auto count = [&](ServiceCount which) { return service->count(which); };
  int64_t decided = 0;
  for (auto i = static_cast<int32_t>(ServiceCount::kDenied);
       i <= static_cast<int32_t>(ServiceCount::kBegun); ++i) {
    decided += service->count(static_cast<ServiceCount>(i));
  }
  CHECK(nowhere.load() == 0);
  CHECK(decided == requests.load());
  CHECK(count(ServiceCount::kSuccesses) + count(ServiceCount::kFailures) == ended.load());
  CHECK(count(ServiceCount::kCancelled) == cancelled.load());
  CHECK(count(ServiceCount::kLapsed) == lapsed.load());
  CHECK(count(ServiceCount::kExpired) == lapsed.load());
  CHECK(service->in_flight() == 0);
  for (int32_t i = 0; i < 6; ++i) {
    const Endpoint* endpoint = service->endpoints()->at(i);
    if (endpoint) CHECK(endpoint->in_flight.load() == 0);
  }
  for (int32_t i = 0; i <= 3; ++i) CHECK(service->replicas()->in_flight(i) == 0);
  CHECK(service->cache()->stats().totals.leases == 0);
  CHECK(count(ServiceCount::kExpired) > 0);
  CHECK(count(ServiceCount::kRerouted) > 0);
  CHECK(count(ServiceCount::kHits) > 0);
}

TEST_CASE("service: the limit holds exactly, and no more calls are out than may be") {
  auto clock = make_manual_clock(0);
  auto service = make({{"servers", "a, b"},
                       {"limiter.policy", "sliding_window"},
                       {"limiter.rate", "1000/s"},
                       {"limiter.keys", "16"},
                       {"breaker.failure_threshold", "1"},
                       {"max_in_flight", "5"}},
                      clock);
  std::atomic<int64_t> out{0}, most{0}, let_in{0};
  run_threads([&](int) {
    for (int i = 0; i < 1'000; ++i) {
      int64_t result = service->begin({"client", ""}).result;
      if (result != static_cast<int64_t>(Status::kDenied)) let_in.fetch_add(1);
      if (result <= 0) continue;
      int64_t now_out = out.fetch_add(1) + 1, seen = most.load();
      while (seen < now_out && !most.compare_exchange_weak(seen, now_out)) {
      }
      std::this_thread::yield();
      out.fetch_sub(1);
      service->end(result, {});
    }
  });
  CHECK(let_in.load() == 1'000);
  CHECK(service->count(ServiceCount::kDenied) == kThreads * 1'000 - 1'000);
  CHECK(most.load() <= 5);
  CHECK(service->in_flight() == 0);
}

TEST_CASE("service: what was read before a write is not cached after it") {
  auto service =
      make({{"cache.capacity_entries", "16"}, {"cache.lease_ms", "1h"}, {"call_ms", "0"}},
           make_manual_clock(0));
  std::atomic<int64_t> stored{1};   // the system of record
  std::atomic<int64_t> written{1};  // the last whose write has ended
  std::atomic<int64_t> stale{0};
  std::atomic<bool> done{false};
  std::atomic<int> reading{0};
  std::atomic<int64_t> reads{0};
  run_threads([&](int thread) {
    if (thread == 0) {
      while (reading.load() < kThreads - 1) std::this_thread::yield();
      for (int i = 0; i < 5'000; ++i) {
        int64_t call = service->begin({"", "k", true}).result;
        int64_t version = stored.fetch_add(1) + 1;
        if (call <= 0 || service->end(call, {}) != Status::kOk) stale.fetch_add(1);
        written.store(version);
        if (i % 8 == 0) std::this_thread::yield();
      }
      done.store(true);
      return;
    }
    reading.fetch_add(1);
    while (!done.load()) {
      int64_t floor = written.load();
      ServiceAnswer answer = service->begin({"", "k"});
      if (answer.result == 0) {
        reads.fetch_add(1);
        if (std::stoll(std::string(answer.value.bytes())) < floor) stale.fetch_add(1);
      } else if (answer.result > 0) {
        std::string version = std::to_string(stored.load());
        if (thread % 2) std::this_thread::yield();
        service->end(answer.result, {.keep = ServiceEnding::Keep::kValue, .value = version});
      }
    }
  });
  CHECK(stale.load() == 0);
  CHECK(service->count(ServiceCount::kFills) > 0);
  CHECK(service->in_flight() == 0);
}

}  // namespace og
