// SPDX-License-Identifier: Apache-2.0
#pragma once

// The whole path of a request written for clarity: round robin, a sliding window a client, a
// breaker a server, values and leases by key, and the calls in flight in a map.
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/service/service.h"
#include "tests/core/breaker_model.h"

namespace og {

struct ServiceShape {
  size_t limit;  // requests of a client in a window
  int64_t window_ns;
  int servers;
  BreakerLimits breaker;
  int64_t lease_ns;
  int replicas;
  size_t max_in_flight;
  int64_t call_ns;
};

struct ServiceTold {
  Status outcome = Status::kOk;  // kMiss: run it
  int call = -1;
  int server = -1, node = -1;
  std::string value;
};

class ServiceModel {
 public:
  explicit ServiceModel(const ServiceShape& shape)
      : shape_(shape),
        healthy(static_cast<size_t>(shape.servers), true),
        node_healthy(static_cast<size_t>(shape.replicas) + 1, true),
        breakers_(static_cast<size_t>(shape.servers), BreakerModel(shape.breaker)) {}

  ServiceTold begin(int client, int key, bool write, int64_t now) {
    expire(now);
    auto& log = log_[client];
    while (!log.empty() && log.front() <= now - shape_.window_ns) log.pop_front();
    if (log.size() >= shape_.limit) return told(ServiceCount::kDenied, Status::kDenied);
    std::vector<int> up;
    bool lets_in = false;
    for (int i = 0; i < shape_.servers; ++i) {
      auto server = static_cast<size_t>(i);
      if (!healthy[server]) continue;
      up.push_back(i);
      lets_in = lets_in || breakers_[server].lets_in(now);
    }
    bool cached = cache_.count(key) != 0;
    auto load = leases_.find(key);
    if (!write && !cached && load != leases_.end() && now < load->second.until && lets_in) {
      return told(ServiceCount::kWaits, Status::kWait);
    }
    log.push_back(now);

    if (up.empty()) return told(ServiceCount::kNoServer, Status::kNone);
    Call call{.server = up[turn_++ % up.size()], .write = write, .key = key, .since = now};
    if (!enter(&call, up, now)) return told(ServiceCount::kRefused, Status::kRefused);

    if (!write) {
      if (auto found = cache_.find(key); found != cache_.end()) {
        breaker(call).cancel(call.permit, now);
        if (!found->second) return told(ServiceCount::kAbsences, Status::kAbsent);
        ServiceTold hit = told(ServiceCount::kHits, Status::kOk);
        hit.value = *found->second;
        return hit;
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
    ServiceTold run = told(ServiceCount::kBegun, Status::kMiss);
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
  // The set is drawn up anew, and so is the round of those that were refused elsewhere.
  void turn_health(int server) {
    healthy[static_cast<size_t>(server)] = !healthy[static_cast<size_t>(server)];
    other_turn_ = 0;
  }
  BreakerState state(int server) const { return breakers_[static_cast<size_t>(server)].state(); }

 private:
  static size_t index(ServiceCount which) { return static_cast<size_t>(which); }
  const ServiceShape shape_;

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

  ServiceTold told(ServiceCount why, Status outcome) {
    ++counts[index(why)];
    return {.outcome = outcome};
  }
  BreakerModel& breaker(const Call& call) { return breakers_[static_cast<size_t>(call.server)]; }

  bool enter(Call* call, const std::vector<int>& up, int64_t now) {
    if (auto permit = breaker(*call).enter(now)) return call->permit = *permit, true;
    for (size_t i = 0; i < up.size(); ++i) {  // a round of their own, over those that let one in
      call->server = up[other_turn_++ % up.size()];
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

}  // namespace og
