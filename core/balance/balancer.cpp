// SPDX-License-Identifier: Apache-2.0
#include "core/balance/balancer.h"

#include <algorithm>

#include "core/base/time.h"

namespace og {

Balancer::Balancer(TicketSettings tickets, std::shared_ptr<EndpointSet> endpoints, ClockPtr clock,
                   std::optional<CellMemory> shared, std::string name)
    : endpoints_(std::move(endpoints)),
      clock_(std::move(clock)),
      has_others_(endpoints_->has_others()),
      follows_(static_cast<uint8_t>((has_others_ ? kSet : 0) | (shared ? kOptions : 0))),
      shared_(std::move(shared)),
      name_(std::move(name)),
      shared_version_(shared_ ? shared_->options_version() : nullptr),
      tickets_(tickets.count, tickets.deadline_ns),
      picks_(endpoints_->capacity()) {}

Balancer::~Balancer() {
  leave_forks();
  endpoints_->unwatch(this);
  // Calls still out are let go: their tickets die with the balancer.
  tickets_.take_back_all([&](int32_t owner) { endpoints_->at(owner)->in_flight.subtract(); });
}

void Balancer::prepare(Draft& draft) {
  const std::span<const Member> members = draft.members();
  plan_.reserve();
  fresh_.clear();
  for (const Member& m : members) {
    if (m.fresh) fresh_.push_back(m.endpoint->index);
  }
  prepared_ = draw_plan(policy_, draft);
}

std::unique_ptr<const Plan> Balancer::draw_plan(const PolicyInUse& policy, Draft& draft) const {
  auto plan = policy.policy->plan(draft);
  plan->belong_to(policy);
  return plan;
}

void Balancer::commit() noexcept {
  for (int32_t index : fresh_) {
    picks_.reset(static_cast<size_t>(index));
    policy_.policy->joins(index);
  }
  plan_.publish(std::move(prepared_), endpoints_->gate());
}

void Balancer::count(int32_t endpoint) noexcept {
  if (endpoint >= 0) [[likely]] {
    picks_.add(static_cast<size_t>(endpoint));
  } else {
    counts_.add(kNobody);
  }
}

void Balancer::expire(int64_t now) noexcept {
  tickets_.expire(now, [&](int32_t owner) {
    endpoints_->at(owner)->in_flight.subtract();
    counts_.add(kExpired);
  });
}

int32_t Balancer::draw(const PickContext& context) noexcept {
  if (tickets_.timed()) expire(from_zero(context.now));
  if (!context.tried.empty()) return draw_other(context, Admits([](int32_t) { return true; }));
  return plan_.get()->pick(context);
}

int32_t Balancer::draw_other(const PickContext& context, const Admits& admits) const noexcept {
  return plan_.get()->pick_other(
      context, Admits([&](int32_t index) { return !context.has_tried(index) && admits(index); }));
}

// Reads the clock where the policy of the plan reads it or what is in flight, and nobody has told
// the time. The plan says so, which may be of another policy than the one before.
template <bool kIsTold>
[[gnu::noinline]] int32_t Balancer::choose(PickContext& context) noexcept {
  if (follows_ != 0) follow();
  auto pass = endpoints_->gate().enter();
  const Plan& plan = *plan_.get();
  if constexpr (!kIsTold) {
    if (plan.policy().reads_clock) [[unlikely]]
      context.now = time_to_pick();
  }
  const int32_t endpoint = plan.pick(context);
  count(endpoint);
  return endpoint;
}

[[gnu::noinline]] int64_t Balancer::time_to_pick() noexcept {
  const int64_t now = clock_->now();
  if (tickets_.timed()) expire(now);
  if (has_others_) endpoints_->reclaim_at(now);
  return now;
}

int32_t Balancer::pick(std::string_view key) noexcept {
  PickContext context{.key = key};
  return choose<false>(context);
}

int32_t Balancer::pick_at(std::string_view key, int64_t now) noexcept {
  now = from_zero(now);
  if (tickets_.timed()) expire(now);
  if (has_others_) endpoints_->reclaim_at(now);
  PickContext context{.key = key, .now = now};
  return choose<true>(context);
}

void Balancer::pick_many(std::span<const std::string_view> keys, int32_t* out) noexcept {
  if (follows_ != 0) follow();
  auto pass = endpoints_->gate().enter();
  const Plan& plan = *plan_.get();
  const int64_t now = plan.policy().reads_clock ? time_to_pick() : 0;
  plan.pick_many({.key = {}, .now = now}, keys, out);
  for (size_t i = 0; i < keys.size(); ++i) count(out[i]);
}

int64_t Balancer::acquire(std::string_view key, int32_t* endpoint) noexcept {
  return acquire_at(key, clock_->now(), endpoint);
}

int64_t Balancer::acquire_at(std::string_view key, int64_t now, int32_t* endpoint) noexcept {
  now = from_zero(now);
  if (tickets_.timed()) expire(now);
  const PickContext context{.key = key, .now = now};
  if (follows_ == 0) return take(context, endpoint);
  if (has_others_) return take_among_others(context, endpoint);
  follow();
  return take(context, endpoint);
}

// Another process may remove what was picked, and give its index away, before the call is counted.
// So the version is looked at again after: when it has not moved, whoever removes it from now on
// finds the call. When it has, the call stands if the endpoint is in the set still.
int64_t Balancer::take_among_others(const PickContext& context, int32_t* endpoint) noexcept {
  constexpr int kAttempts =
      8;  // then the endpoint was removed as often: the call is the last one's
  endpoints_->reclaim_at(context.now);
  for (int attempt = 1;; ++attempt) {
    follow();
    const uint64_t drawn = endpoints_->drawn();
    const int64_t ticket = take(context, endpoint);
    if (ticket < 0 || endpoints_->is_as(drawn)) [[likely]]
      return ticket;
    if (attempt == kAttempts || endpoints_->has(*endpoint)) return ticket;
    cancel_at(ticket, context.now);
  }
}

int64_t Balancer::take(const PickContext& context, int32_t* endpoint) noexcept {
  // Inside the pass: an index is given away only after it, and then not while a call is in flight.
  auto pass = endpoints_->gate().enter();
  int32_t picked = plan_.get()->pick(context);
  *endpoint = picked;
  if (picked < 0) {
    count(picked);
    return picked;
  }
  int64_t ticket = hold(picked, context.now);
  if (ticket < 0) {
    *endpoint = Plan::kNobody;
    return ticket;
  }
  count(picked);
  return ticket;
}

int64_t Balancer::hold_at(int32_t endpoint, int64_t now) noexcept {
  now = from_zero(now);
  if (tickets_.timed()) expire(now);
  return hold(endpoint, now);
}

int64_t Balancer::hold(int32_t endpoint, int64_t now) noexcept {
  InFlight& in_flight = endpoints_->at(endpoint)->in_flight;
  const int64_t ticket =
      tickets_.take_counted(endpoint, now, [&] { in_flight.add(); }, [&] { in_flight.subtract(); });
  if (ticket < 0) counts_.add(kFull);
  return ticket;
}

Status Balancer::release(int64_t ticket, bool success, int64_t latency_ns) noexcept {
  return release_at(ticket, success, latency_ns, clock_->now());
}

Status Balancer::give_back(int64_t ticket, int64_t now, Tickets::Held* held) noexcept {
  if (tickets_.give_back(ticket, now, held)) return Status::kOk;
  if (ticket <= 0) return Status::kInvalidArgument;
  if (tickets_.timed()) expire(now);
  counts_.add(kLapsed);
  return Status::kLapsed;
}

Status Balancer::cancel_at(int64_t ticket, int64_t now) noexcept {
  Tickets::Held held;
  Status status = give_back(ticket, from_zero(now), &held);
  if (status != Status::kOk) return status;
  endpoints_->at(held.owner)->in_flight.subtract();
  return Status::kOk;
}

Status Balancer::release_at(int64_t ticket, bool success, int64_t latency_ns,
                            int64_t now) noexcept {
  now = from_zero(now);
  Tickets::Held held;
  if (Status status = give_back(ticket, now, &held); status != Status::kOk) return status;
  Endpoint& endpoint = *endpoints_->at(held.owner);
  if (latency_ns < 0) latency_ns = now - held.since;
  endpoint.counts.latency.record(latency_ns);
  endpoint.counts.calls.fetch_add(1, std::memory_order_relaxed);
  if (!success) endpoint.counts.failures.fetch_add(1, std::memory_order_relaxed);
  if (hears_ends_.load(std::memory_order_relaxed)) [[unlikely]]
    tell_end(held.owner, success, latency_ns, now);
  endpoint.in_flight.subtract();  // last: then the index may be reused
  return Status::kOk;
}

// Apart, so that a release costs no more where nobody listens.
[[gnu::noinline]] void Balancer::tell_end(int32_t endpoint, bool success, int64_t latency_ns,
                                          int64_t now) noexcept {
  const auto outcome = success ? PickEnd::Outcome::kSuccess : PickEnd::Outcome::kFailure;
  auto pass = endpoints_->gate().enter();
  const PolicyInUse& used = plan_.get()->policy();
  if (used.row->hears_ends) used.policy->done({endpoint, outcome, latency_ns, now});
}

int64_t Balancer::picks(int32_t endpoint) const noexcept {
  if (!endpoints_->at(endpoint)) return static_cast<int64_t>(Status::kInvalidArgument);
  return picks_.total(static_cast<size_t>(endpoint));
}

void Balancer::collect(MetricSink& sink) const {
  constexpr const char* kPicks = "outgrow_balancer_picks_total";
  constexpr const char* kUnserved = "outgrow_balancer_unserved_total";
  constexpr const char* kUnservedHelp = "Picks that found nobody, and calls beyond the tickets.";
  for (size_t i = 0; i < picks_.size(); ++i) {
    int64_t picks = picks_.total(i);
    if (picks == 0) continue;
    auto name = endpoints_->name(static_cast<int32_t>(i));
    sink.counter(kPicks, "Picks by endpoint.", {{"endpoint", name ? *name : ""}}, picks);
  }
  sink.counter(kUnserved, kUnservedHelp, {{"reason", "nobody"}}, counts_.total(kNobody));
  sink.counter(kUnserved, kUnservedHelp, {{"reason", "full"}}, counts_.total(kFull));
  sink.counter("outgrow_balancer_tickets_expired_total", "Tickets not returned within their time.",
               {}, counts_.total(kExpired));
  sink.counter("outgrow_balancer_tickets_lapsed_total",
               "Tickets returned a second time or too late.", {}, counts_.total(kLapsed));
}

}  // namespace og
