// SPDX-License-Identifier: Apache-2.0
// The service against a model of the whole path written for clarity, over random schedules: what
// each request is told, where it runs, and every counter.
#include <array>
#include <deque>
#include <map>
#include <vector>

#include "core/base/random.h"
#include "core/service/service.h"
#include "tests/catch.h"
#include "tests/core/breaker_model.h"

namespace og {
namespace {

constexpr int64_t kMs = 1'000'000;

struct Shape {
  size_t limit;  // requests of a client in a window
  int64_t window_ns;
  int servers;
  BreakerLimits breaker;
  int64_t lease_ns;
  int replicas;
  size_t max_in_flight;
  int64_t call_ns;
};

struct Told {
  Status outcome = Status::kOk;  // kMiss: run it
  int call = -1;
  int server = -1, node = -1;
  std::string value;
};

class Model {
 public:
  explicit Model(const Shape& shape)
      : shape_(shape),
        healthy(static_cast<size_t>(shape.servers), true),
        node_healthy(static_cast<size_t>(shape.replicas) + 1, true),
        breakers_(static_cast<size_t>(shape.servers), BreakerModel(shape.breaker)) {}

  Told begin(int client, int key, bool write, int64_t now) {
    expire(now);
    auto& log = log_[client];
    while (!log.empty() && log.front() <= now - shape_.window_ns) log.pop_front();
    if (log.size() >= shape_.limit) return told(ServiceCount::kDenied, Status::kDenied);
    log.push_back(now);

    std::vector<int> up;
    for (int i = 0; i < shape_.servers; ++i) {
      if (healthy[static_cast<size_t>(i)]) up.push_back(i);
    }
    if (up.empty()) return told(ServiceCount::kNoServer, Status::kNone);
    Call call{.server = up[turn_++ % up.size()], .write = write, .key = key, .since = now};
    if (!enter(&call, up, now)) return told(ServiceCount::kRefused, Status::kRefused);

    if (!write) {
      if (auto found = cache_.find(key); found != cache_.end()) {
        breaker(call).cancel(call.permit, now);
        if (!found->second) return told(ServiceCount::kAbsences, Status::kAbsent);
        Told hit = told(ServiceCount::kHits, Status::kOk);
        hit.value = *found->second;
        return hit;
      }
      auto lease = leases_.find(key);
      if (lease != leases_.end() && now < lease->second.until) {
        breaker(call).cancel(call.permit, now);
        return told(ServiceCount::kWaits, Status::kWait);
      }
      call.lease = ++last_lease_;
      leases_[key] = {call.lease, now + shape_.lease_ns};
    }
    if (calls_.size() >= shape_.max_in_flight) {
      undo(call, now);
      return told(ServiceCount::kFull, Status::kFull);
    }
    call.node = write ? (node_healthy[0] ? 0 : -1) : read_node();
    if (call.node < 0) {
      undo(call, now);
      return told(ServiceCount::kNoNode, Status::kNone);
    }
    Told run = told(ServiceCount::kBegun, Status::kMiss);
    run.call = next_call_++;
    run.server = call.server;
    run.node = call.node;
    calls_[run.call] = call;
    return run;
  }

  // value: nothing for an absence.
  Status end(int number, bool success, bool keep, std::optional<std::string> value, int64_t now) {
    auto found = calls_.find(number);
    if (found == calls_.end() || now - found->second.since >= shape_.call_ns) return lapse(now);
    Call call = found->second;
    calls_.erase(found);
    breaker(call).exit(call.permit, success, now);
    if (call.write) invalidate(call.key);
    if (call.lease != 0) {
      auto lease = leases_.find(call.key);
      bool stands = lease != leases_.end() && lease->second.token == call.lease;
      bool in_time = stands && now < lease->second.until;
      if (stands) leases_.erase(lease);
      if (success && keep) {
        if (in_time) cache_[call.key] = value;
        ++counts[index(in_time ? ServiceCount::kFills : ServiceCount::kFillsRefused)];
      }
    }
    ++calls_ended[static_cast<size_t>(call.server)];
    ++counts[index(success ? ServiceCount::kSuccesses : ServiceCount::kFailures)];
    return Status::kOk;
  }

  Status cancel(int number, int64_t now) {
    auto found = calls_.find(number);
    if (found == calls_.end() || now - found->second.since >= shape_.call_ns) return lapse(now);
    Call call = found->second;
    calls_.erase(found);
    undo(call, now);
    ++counts[index(ServiceCount::kCancelled)];
    return Status::kOk;
  }

  int64_t in_flight(int server) const {
    int64_t n = 0;
    for (auto& [number, call] : calls_) n += call.server == server;
    return n;
  }
  int64_t node_in_flight(int node) const {
    int64_t n = 0;
    for (auto& [number, call] : calls_) n += call.node == node;
    return n;
  }
  BreakerState state(int server) const { return breakers_[static_cast<size_t>(server)].state(); }

 private:
  static size_t index(ServiceCount which) { return static_cast<size_t>(which); }
  const Shape shape_;

 public:
  std::vector<bool> healthy, node_healthy;
  std::array<int64_t, static_cast<size_t>(ServiceCount::kCount)> counts{};
  std::array<int64_t, 8> calls_ended{};

 private:
  struct Call {
    int server = -1, node = -1, permit = 0;
    bool write = false;
    int key = 0;
    int64_t lease = 0, since = 0;
  };
  struct Lease {
    int64_t token, until;
  };

  Told told(ServiceCount why, Status outcome) {
    ++counts[index(why)];
    return {.outcome = outcome};
  }
  BreakerModel& breaker(const Call& call) { return breakers_[static_cast<size_t>(call.server)]; }

  bool enter(Call* call, const std::vector<int>& up, int64_t now) {
    if (auto permit = breaker(*call).enter(now)) return call->permit = *permit, true;
    int refused = call->server;
    size_t start = other_turn_++;
    for (size_t i = 0; i < up.size(); ++i) {
      call->server = up[(start + i) % up.size()];
      if (call->server == refused) continue;
      if (auto permit = breaker(*call).enter(now)) {
        ++counts[index(ServiceCount::kRerouted)];
        return call->permit = *permit, true;
      }
    }
    return false;
  }
  int read_node() {
    std::vector<int> up;
    for (int i = 1; i <= shape_.replicas; ++i) {
      if (node_healthy[static_cast<size_t>(i)]) up.push_back(i);
    }
    if (up.empty()) return node_healthy[0] ? 0 : -1;
    return up[read_turn_++ % up.size()];
  }
  void undo(const Call& call, int64_t now) {
    breaker(call).cancel(call.permit, now);
    auto lease = leases_.find(call.key);
    if (call.lease != 0 && lease != leases_.end() && lease->second.token == call.lease) {
      leases_.erase(lease);
    }
  }
  void invalidate(int key) {
    cache_.erase(key);
    leases_.erase(key);
    ++counts[index(ServiceCount::kInvalidations)];
  }
  void expire(int64_t now) {
    for (auto it = calls_.begin(); it != calls_.end();) {
      if (now - it->second.since < shape_.call_ns) {
        ++it;
        continue;
      }
      if (it->second.write) invalidate(it->second.key);
      undo(it->second, now);
      ++counts[index(ServiceCount::kExpired)];
      it = calls_.erase(it);
    }
  }
  Status lapse(int64_t now) {
    expire(now);
    ++counts[index(ServiceCount::kLapsed)];
    return Status::kLapsed;
  }

  std::vector<BreakerModel> breakers_;
  std::map<int, std::deque<int64_t>> log_;
  std::map<int, std::optional<std::string>> cache_;
  std::map<int, Lease> leases_;
  std::map<int, Call> calls_;
  size_t turn_ = 0, other_turn_ = 0, read_turn_ = 0;
  int next_call_ = 0;
  int64_t last_lease_ = 0;
};

Shape random_shape(Random& random) {
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

std::unique_ptr<Service> make_service(const Shape& shape, ClockPtr clock) {
  Config config;
  std::string servers;
  for (int i = 0; i < shape.servers; ++i) servers += (i ? ", s" : "s") + std::to_string(i);
  config.set("servers", servers);
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
    Shape shape = random_shape(random);
    auto clock = make_manual_clock(0);
    auto service = make_service(shape, clock);
    Model model(shape);
    std::vector<std::pair<int, int64_t>> calls;  // the model's number, the service's ticket

    for (int step = 0; step < 1500; ++step) {
      INFO("seed " << seed << " step " << step);
      if (random.below(3) == 0) clock->advance(static_cast<int64_t>(random.below(4 * kMs)));
      int64_t now = clock->now();
      uint64_t what = random.below(100);
      if (what < 55 || calls.empty()) {
        int client = static_cast<int>(random.below(3)), key = static_cast<int>(random.below(5));
        bool write = random.below(4) == 0;
        Told wanted = model.begin(client, key, write, now);
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
        model.healthy[static_cast<size_t>(server)] = !model.healthy[static_cast<size_t>(server)];
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
        REQUIRE(endpoint.calls.load() == model.calls_ended[static_cast<size_t>(i)]);
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
