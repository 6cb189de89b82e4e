// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/balance/endpoints.h"
#include "core/balance/policy.h"
#include "core/balance/ring.h"
#include "core/base/clock.h"
#include "core/base/counters.h"
#include "core/base/fork_aware.h"
#include "core/base/snapshot.h"
#include "core/base/striped_tally.h"
#include "core/base/tickets.h"

namespace og {

extern const OptionTable kBalancerOptions;

// Which endpoint takes a call: round robin, smooth weighted round robin, least connections or
// consistent hashing over a set that may change meanwhile.
//
// A pick passes the set's read gate, loads the plan and asks it: no lock, no allocation, no look at
// the set. Unhealthy endpoints are not picked; when none is left the answer is Status::kNone. Where
// the time a call ends matters too, acquire() also counts it in flight and gives a ticket, and
// release() records how it went. An unreturned ticket stops counting at its deadline (see Tickets).
//
// Several balancers may share a set; in-flight counts are the endpoint's, and so common to all.
// Over a set in a segment so is the turn of each policy. Tickets are numbers of this process: those
// of before a fork lapse in the child, where what they hold is the parent's to return.
class Balancer final : public EndpointSet::Watcher, private ForkAware {
 public:
  static Result<std::unique_ptr<Balancer>> create(const Config& config,
                                                  std::shared_ptr<EndpointSet> endpoints,
                                                  ClockPtr clock);
  ~Balancer();

  // An endpoint's index, or Status::kNone as its number.
  int32_t pick(std::string_view key) noexcept;
  int32_t pick_at(std::string_view key, int64_t now) noexcept;
  void pick_many(std::span<const std::string_view> keys, int32_t* out) noexcept;

  // pick_at() in two steps, for a caller who asks the endpoint before he takes it: nothing is
  // counted until he counts what he takes, or kNone. In a pass of the set's gate, over a set of
  // this process.
  int32_t draw_at(std::string_view key, int64_t now) noexcept;
  int32_t draw_other(std::string_view key,
                     const Admits& admits) const noexcept;  // see Plan::pick_other
  void count(int32_t endpoint) noexcept;

  // A ticket (> 0) and in *endpoint who it is for; or Status::kNone, Status::kFull as a number.
  int64_t acquire(std::string_view key, int32_t* endpoint) noexcept;
  int64_t acquire_at(std::string_view key, int64_t now, int32_t* endpoint) noexcept;
  // The second half of acquire, for a caller who has picked: counts a call in flight at an endpoint
  // seen in the set within the pass of its gate that still lasts.
  int64_t hold_at(int32_t endpoint, int64_t now) noexcept;
  // latency_ns < 0: the time since acquire. kLapsed for a ticket returned before or expired.
  Status release(int64_t ticket, bool success, int64_t latency_ns) noexcept;
  Status release_at(int64_t ticket, bool success, int64_t latency_ns, int64_t now) noexcept;
  // The call was not made: no longer in flight, and nothing recorded.
  Status cancel(int64_t ticket) noexcept { return cancel_at(ticket, clock_->now()); }
  Status cancel_at(int64_t ticket, int64_t now) noexcept;

  // Whether a key has a server of its own.
  bool keeps_keys() const noexcept { return settings_.policy == Policy::kConsistentHash; }
  int64_t picks(int32_t endpoint) const noexcept;
  void collect(MetricSink& sink) const;

  void prepare(Draft& draft) override;
  void commit() noexcept override;

 private:
  enum class Policy { kRoundRobin, kWeightedRoundRobin, kLeastConnections, kConsistentHash };
  struct Settings {
    Policy policy;
    RingHash ring_hash;
    int64_t ring_points;
    int64_t choices;
    uint64_t seed;  // 0: whatever it may be
    int64_t tickets;
    int64_t ticket_ns;
  };

  static Chance draw_chance(uint64_t seed, const EndpointSet& endpoints);
  static Turn* shared_turn(Policy policy, EndpointSet& endpoints) noexcept;
  Balancer(Settings settings, std::shared_ptr<EndpointSet> endpoints, ClockPtr clock);
  int32_t choose(std::string_view key) noexcept;
  int64_t take(std::string_view key, int64_t now, int32_t* endpoint) noexcept;
  int64_t take_shared(std::string_view key, int64_t now, int32_t* endpoint) noexcept;
  void follow() noexcept {
    if (!endpoints_->is_as(endpoints_->drawn())) [[unlikely]]
      endpoints_->catch_up();
  }
  void look_at_time() noexcept;
  Status give_back(int64_t ticket, int64_t now, Tickets::Held* held) noexcept;
  void expire(int64_t now) noexcept;

  void after_fork_in_child() noexcept override { tickets_.forget(); }

  const Settings settings_;
  const std::shared_ptr<EndpointSet> endpoints_;
  const ClockPtr clock_;
  const bool shared_;  // the set is in a segment
  const Chance chance_;
  Turn own_turn_;
  Turn& turn_;
  Snapshot<Plan> plan_;
  std::shared_ptr<const Ring> ring_;  // drawn last
  std::unique_ptr<const Plan> prepared_;
  std::vector<int32_t> fresh_;  // whose picks start from zero with the prepared plan
  Tickets tickets_;
  StripedTally picks_;  // by endpoint

  enum Count : size_t { kNobody, kFull, kLapsed, kExpired };
  StripedCounters<4> counts_;
};

}  // namespace og
