// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/balance/endpoints.h"
#include "core/balance/policy.h"
#include "core/base/clock.h"
#include "core/base/counters.h"
#include "core/base/fork_aware.h"
#include "core/base/fork_mutex.h"
#include "core/base/snapshot.h"
#include "core/base/striped_tally.h"
#include "core/base/tickets.h"
#include "core/scope/place.h"

namespace og {

extern const OptionTable kBalancerOptions;

// Which endpoint takes a call, by one of the policies of policies.h, over a set that may change
// meanwhile.
//
// A pick passes the set's read gate, loads the plan and asks it: no lock, no allocation, no look at
// the set. Unhealthy endpoints are not picked; when none is left the answer is Status::kNone. Where
// the time a call ends matters too, acquire() also counts it in flight and gives a ticket, and
// release() records how it went. An unreturned ticket stops counting at its deadline (see Tickets).
//
// The policy may change meanwhile. A plan belongs to its policy and keeps it alive, and says what a
// pick by it needs; so whoever has loaded a plan goes on with that policy, and a change is one
// store of a pointer. Tickets know nothing of policies: those of before a change are settled as
// ever.
//
// Several balancers may share a set; in-flight counts are the endpoint's, and so common to all.
// Over a set in a segment so is the turn of each policy. Tickets are numbers of this process: those
// of before a fork lapse in the child, where what they hold is the parent's to return.
//
// In a scope that others share, the balancer's options are an object there, and all it has there.
// Each pick compares the version of the options with the one that its process follows. Whose plan
// is of other options draws a new one: one thread does, the others go on meanwhile.
class Balancer final : public EndpointSet::Watcher, private ForkAware {
 public:
  // policy: in place of the one that the config names.
  static Result<std::unique_ptr<Balancer>> create(const Config& config,
                                                  std::shared_ptr<EndpointSet> endpoints,
                                                  ClockPtr clock,
                                                  const PickPolicyRow* policy = nullptr) {
    return create(config, std::move(endpoints), std::move(clock), Place(), policy);
  }
  // Where the balancers of a scope have the place's name, their options are one for all.
  static Result<std::unique_ptr<Balancer>> create(const Config& config,
                                                  std::shared_ptr<EndpointSet> endpoints,
                                                  ClockPtr clock, const Place& place,
                                                  const PickPolicyRow* policy = nullptr);
  ~Balancer();

  // Changes `policy` or what a policy has for options, for all who share them, from their next pick
  // on; the other options cannot change. What a policy has learnt, and whose turn it was, is gone
  // with it: the new one is as in a balancer just made. One whose options stay goes on as it was.
  Result<void> reconfigure(const Config& config);

  // An endpoint's index, or Status::kNone as its number.
  int32_t pick(std::string_view key) noexcept;
  int32_t pick_at(std::string_view key, int64_t now) noexcept;
  void pick_many(std::span<const std::string_view> keys, int32_t* out) noexcept;

  // pick_at() in two steps, for a caller who asks the endpoint before he takes it: nothing is
  // counted until he counts what he takes, or kNone. In a pass of the set's gate, over a set of
  // this process. None that the call has tried is drawn.
  int32_t draw(const PickContext& context) noexcept;
  // See Plan::pick_other.
  int32_t draw_other(const PickContext& context, const Admits& admits) const noexcept;
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
  bool keeps_keys() const noexcept { return keeps_keys_.load(std::memory_order_relaxed); }
  int64_t picks(int32_t endpoint) const noexcept;
  void collect(MetricSink& sink) const;

  void prepare(Draft& draft) override;
  void commit() noexcept override;

 private:
  struct TicketSettings {
    int64_t count;
    int64_t deadline_ns;
  };
  class Renewal;

  Balancer(TicketSettings tickets, std::shared_ptr<EndpointSet> endpoints, ClockPtr clock,
           std::optional<CellMemory> shared, std::string name);
  template <bool kIsTold>
  int32_t choose(PickContext& context) noexcept;
  int64_t take(const PickContext& context, int32_t* endpoint) noexcept;
  int64_t take_among_others(const PickContext& context, int32_t* endpoint) noexcept;
  void follow() noexcept {
    if ((follows_ & kOptions) != 0 && shared_version_->load(std::memory_order_acquire) !=
                                          followed_.load(std::memory_order_relaxed)) [[unlikely]]
      follow_options();
    if (!endpoints_->is_as(endpoints_->drawn())) [[unlikely]]
      endpoints_->catch_up();
  }
  void follow_options() noexcept;
  void follow_shared() OG_REQUIRES(changing_);
  Result<PolicyInUse> make_policy(const Options& options, const PickPolicyRow* wanted = nullptr);
  void begin_with(PolicyInUse policy);
  Result<void> become(const Options& after) OG_REQUIRES(changing_);
  std::unique_ptr<const Plan> draw_plan(const PolicyInUse& policy, Draft& draft) const;
  int64_t time_to_pick() noexcept;
  int64_t hold(int32_t endpoint, int64_t now) noexcept;
  void tell_end(int32_t endpoint, bool success, int64_t latency_ns, int64_t now) noexcept;
  Status give_back(int64_t ticket, int64_t now, Tickets::Held* held) noexcept;
  void expire(int64_t now) noexcept;

  void after_fork_in_child() noexcept override { tickets_.forget(); }

  const std::shared_ptr<EndpointSet> endpoints_;
  const ClockPtr clock_;
  const bool has_others_;  // that change the set and call its endpoints
  enum Follows : uint8_t { kSet = 1, kOptions = 2 };
  const uint8_t follows_;  // what others change: one byte, for each pick looks at it
  std::atomic<bool> keeps_keys_{false};
  std::atomic<bool> hears_ends_{false};  // the policy may be another by then: the plan knows
  // The options in a scope that others share; nothing elsewhere. The version counts their changes.
  const std::optional<CellMemory> shared_;
  const std::string name_;
  const std::atomic<uint64_t>* const shared_version_;
  std::atomic<uint64_t> followed_{0};
  ForkMutex changing_;                            // of the options; held before the set's
  std::string meaning_ OG_GUARDED_BY(changing_);  // of the options that the policy was made from
  PolicyInUse policy_;                            // as all below to fresh_: under the set's lock
  Snapshot<Plan> plan_;
  std::unique_ptr<const Plan> prepared_;
  std::vector<int32_t> fresh_;  // whose picks start from zero with the prepared plan
  Tickets tickets_;
  StripedTally picks_;  // by endpoint

  enum Count : size_t { kNobody, kFull, kLapsed, kExpired };
  StripedCounters<4> counts_;
};

}  // namespace og
