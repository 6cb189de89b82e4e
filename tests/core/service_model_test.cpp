// SPDX-License-Identifier: Apache-2.0
// The service against its model, over random schedules: what each request is told, where it runs,
// and every counter.
#include "tests/core/service_model.h"

#include <array>
#include <vector>

#include "core/base/random.h"
#include "core/service/service.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int64_t kMs = 1'000'000;

ServiceShape random_shape(Random& random) {
  auto between = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random.below(static_cast<uint64_t>(high - low + 1)));
  };
  return {.limit = static_cast<size_t>(between(2, 40)),
          .window_ns = between(1, 50) * kMs,
          .servers = static_cast<int>(between(1, 4)),
          .breaker = {static_cast<int>(between(1, 4)), static_cast<int>(between(1, 3)),
                      static_cast<int>(between(1, 3)), between(0, 30) * kMs, between(1, 30) * kMs},
          .lease_ns = between(1, 30) * kMs,
          .replicas = static_cast<int>(between(0, 3)),
          .max_in_flight = static_cast<size_t>(between(1, 12)),
          .call_ns = between(1, 40) * kMs};
}

std::unique_ptr<Service> make_service(const ServiceShape& shape, ClockPtr clock) {
  Config config;
  std::string servers;
  for (int i = 0; i < shape.servers; ++i) servers += (i ? ", s" : "s") + std::to_string(i);
  config.set("servers", servers);
  config.set("balancer.seed", "1");
  config.set("replicas.seed", "1");
  config.set("limiter.policy", "sliding_window");
  config.set("limiter.rate",
             std::to_string(shape.limit) + "/" + std::to_string(shape.window_ns / kMs) + "ms");
  config.set_int("limiter.keys", 64);
  config.set_int("breaker.failure_threshold", shape.breaker.failures);
  config.set_int("breaker.success_threshold", shape.breaker.successes);
  config.set_int("breaker.half_open_permits", shape.breaker.permits);
  config.set_int("breaker.open_ms", shape.breaker.open_ns / kMs);
  config.set_int("breaker.permit_ms", shape.breaker.permit_ns / kMs);
  config.set("cache.capacity_bytes", "4MiB");
  config.set("cache.negative_ttl_ms", "0");
  config.set_int("cache.lease_ms", shape.lease_ns / kMs);
  config.set_int("replicas.replicas", shape.replicas);
  config.set_int("max_in_flight", static_cast<int64_t>(shape.max_in_flight));
  config.set_int("call_ms", shape.call_ns / kMs);
  auto service = Service::create(config, std::move(clock));
  INFO((service ? "" : service.error().message));
  REQUIRE(service);
  return std::move(*service);
}

}  // namespace

TEST_CASE("service: each request is told what the model says, and every layer counts the same") {
  std::array<int64_t, static_cast<size_t>(ServiceCount::kCount)> reached{};
  for (uint64_t seed = 0; seed < 150; ++seed) {
    Random random(seed);
    ServiceShape shape = random_shape(random);
    auto clock = make_manual_clock(0);
    auto service = make_service(shape, clock);
    ServiceModel model(shape);
    std::vector<std::pair<int, int64_t>> calls;  // the model's number, the service's ticket

    for (int step = 0; step < 1500; ++step) {
      INFO("seed " << seed << " step " << step);
      if (random.below(3) == 0) clock->advance(static_cast<int64_t>(random.below(4 * kMs)));
      int64_t now = clock->now();
      uint64_t what = random.below(100);
      if (what < 55 || calls.empty()) {
        int client = static_cast<int>(random.below(3)), key = static_cast<int>(random.below(5));
        bool write = random.below(4) == 0;
        ServiceTold wanted = model.begin(client, key, write, now);
        ServiceAnswer answer =
            service->begin({std::to_string(client), "key" + std::to_string(key), write});
        REQUIRE((answer.result > 0) == (wanted.outcome == Status::kMiss));
        if (answer.result > 0) {
          REQUIRE(service->server(answer.result) == wanted.server);
          REQUIRE(service->node(answer.result) == wanted.node);
          calls.emplace_back(wanted.call, answer.result);
        } else {
          REQUIRE(answer.result == static_cast<int64_t>(wanted.outcome));
          REQUIRE(answer.value.bytes() == wanted.value);
        }
      } else if (what < 95) {
        // Mostly recent calls; now and then one from long ago, or one that has been settled.
        size_t back = random.below(10) ? random.below(4) : random.below(calls.size());
        auto [number, ticket] = calls[calls.size() - 1 - std::min(back, calls.size() - 1)];
        if (what < 88) {
          bool success = random.below(3) != 0, keep = random.below(4) != 0;
          bool absent = random.below(5) == 0;
          std::string value = "value " + std::to_string(step);
          ServiceEnding ending{.success = success, .latency_ns = 0, .value = value};
          if (keep) ending.keep = ServiceEnding::Keep::kValue;
          if (keep && absent) ending.keep = ServiceEnding::Keep::kAbsence;
          Status wanted =
              model.end(number, success, keep, absent ? std::nullopt : std::optional(value), now);
          REQUIRE(service->end(ticket, ending) == wanted);
        } else {
          REQUIRE(service->cancel(ticket) == model.cancel(number, now));
        }
      } else if (what < 98) {
        auto server = static_cast<int32_t>(random.below(static_cast<uint64_t>(shape.servers)));
        model.turn_health(server);
        REQUIRE(
            service->endpoints()->set_healthy(server, model.healthy[static_cast<size_t>(server)]));
      } else {
        auto node = static_cast<int32_t>(random.below(static_cast<uint64_t>(shape.replicas) + 1));
        model.node_healthy[static_cast<size_t>(node)] =
            !model.node_healthy[static_cast<size_t>(node)];
        service->replicas()->set_healthy(node, model.node_healthy[static_cast<size_t>(node)]);
      }

      for (size_t i = 0; i < model.counts.size(); ++i) {
        INFO("count " << i);
        REQUIRE(service->count(static_cast<ServiceCount>(i)) == model.counts[i]);
      }
      for (int32_t i = 0; i < shape.servers; ++i) {
        const Endpoint& endpoint = *service->endpoints()->at(i);
        REQUIRE(endpoint.in_flight.load() == model.in_flight(i));
        REQUIRE(endpoint.counts.calls.load() == model.calls_ended[static_cast<size_t>(i)]);
        REQUIRE(service->breaker(i)->state() == model.state(i));
      }
      for (int32_t i = 0; i <= shape.replicas; ++i) {
        REQUIRE(service->replicas()->in_flight(i) == model.node_in_flight(i));
      }
    }
    for (size_t i = 0; i < reached.size(); ++i) reached[i] += model.counts[i];
  }
  // The schedules come by everything but a stale value, which needs a time to live.
  for (size_t i = 0; i < reached.size(); ++i) {
    INFO("count " << i);
    CHECK((reached[i] > 0) == (static_cast<ServiceCount>(i) != ServiceCount::kStale));
  }
}

}  // namespace og
