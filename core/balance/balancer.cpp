// SPDX-License-Identifier: Apache-2.0
#include "core/balance/balancer.h"

#include <algorithm>

#include "core/base/hash.h"
#include "core/base/time.h"
#include "core/base/typed_options.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kRows[] = {
    {.name = "policy", .type = OptionType::kEnum, .fallback = "round_robin",
     .choices = "round_robin|weighted_round_robin|least_connections|consistent_hash",
     .doc = "How an endpoint is chosen."},
    {.name = "ring_hash", .type = OptionType::kEnum, .fallback = "xxh3", .choices = "xxh3|ketama",
     .doc = "consistent_hash: XXH3, or md5 as libketama's clients place keys."},
    {.name = "ring_points", .type = OptionType::kInt, .fallback = "160", .min = 4, .max = 16384,
     .unit = "points",
     .doc = "consistent_hash: points on the ring for a server of mean weight; ketama takes "
            "multiples of 4."},
    {.name = "choices", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 64,
     .unit = "endpoints",
     .doc = "least_connections: how many are drawn and compared; 0 compares all."},
    {.name = "seed", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 9007199254740992,
     .doc = "Of what is drawn at random. 0: unlike any other's, and turns begin anywhere; else "
            "they begin at the first endpoint."},
    {.name = "tickets", .type = OptionType::kInt, .fallback = "4096", .min = 1,
     .max = Tickets::kMaxCapacity, .unit = "calls",
     .doc = "Calls in flight at a time."},
    {.name = "ticket_ms", .type = OptionType::kDuration, .fallback = "60000", .min = 0,
     .max = 2592000000, .unit = "ms",
     .doc = "A ticket not returned within this time no longer counts; 0 waits for ever."},
};
// clang-format on

}  // namespace

constexpr OptionTable kBalancerOptions{"balancer", kRows};

Result<std::unique_ptr<Balancer>> Balancer::create(const Config& config,
                                                   std::shared_ptr<EndpointSet> endpoints,
                                                   ClockPtr clock) {
  auto options = OptionsOf<kBalancerOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  Settings settings{
      .policy = options->choice<Policy>("policy"),
      .ring_hash = options->choice<RingHash>("ring_hash"),
      .ring_points = options->integer("ring_points"),
      .choices = options->integer("choices"),
      .seed = static_cast<uint64_t>(options->integer("seed")),
      .tickets = options->integer("tickets"),
      .ticket_ns = options->duration_ns("ticket_ms"),
  };
  std::unique_ptr<Balancer> balancer(
      new Balancer(settings, std::move(endpoints), std::move(clock)));
  if (settings.policy == Policy::kWeightedRoundRobin) balancer->endpoints_->want_cycle();
  balancer->endpoints_->watch(balancer.get());
  balancer->join_forks();
  return balancer;
}

Balancer::Balancer(Settings settings, std::shared_ptr<EndpointSet> endpoints, ClockPtr clock)
    : settings_(settings),
      endpoints_(std::move(endpoints)),
      clock_(std::move(clock)),
      shared_(endpoints_->is_shared()),
      chance_(draw_chance(settings.seed, *endpoints_)),
      turn_(shared_ ? *shared_turn(settings.policy, *endpoints_) : own_turn_),
      tickets_(settings.tickets, settings.ticket_ns),
      picks_(endpoints_->capacity()) {
  // Of a turn that others share, whoever comes first says where it begins. That of weighted round
  // robin begins anew with each change: its plans begin where chance has it.
  uint64_t untaken = 0;
  if (settings.policy != Policy::kWeightedRoundRobin)
    turn_.next.compare_exchange_strong(untaken, chance_.start);
}

// The start is small, so that a turn does not wrap.
Chance Balancer::draw_chance(uint64_t asked, const EndpointSet& endpoints) {
  if (asked != 0) return {.start = 0, .seed = asked};
  const uint64_t seed = endpoints.seed();
  return {.start = mix64(seed) >> 32, .seed = seed};
}

Turn* Balancer::shared_turn(Policy policy, EndpointSet& endpoints) noexcept {
  if (policy == Policy::kRoundRobin) return endpoints.turn(TurnOf::kRoundRobin);
  if (policy == Policy::kWeightedRoundRobin) return endpoints.turn(TurnOf::kWeightedRoundRobin);
  return endpoints.turn(TurnOf::kLeastConnections);
}

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
  switch (settings_.policy) {
    case Policy::kRoundRobin:
      prepared_ = plan_round_robin(members, turn_, chance_);
      break;
    case Policy::kWeightedRoundRobin:
      prepared_ = plan_weighted_round_robin(draft.cycle(), shared_ ? &turn_ : nullptr, chance_);
      break;
    case Policy::kLeastConnections:
      prepared_ = plan_least_connections(members, turn_, settings_.choices, chance_);
      break;
    case Policy::kConsistentHash:
      if (!ring_ || !ring_->is_of(members)) {
        ring_ = std::make_shared<const Ring>(members, settings_.ring_hash, settings_.ring_points,
                                             ring_.get());
      }
      prepared_ = plan_consistent_hash(members, ring_, turn_, chance_);
      break;
  }
}

void Balancer::commit() noexcept {
  for (int32_t index : fresh_) picks_.reset(static_cast<size_t>(index));
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

int32_t Balancer::choose(std::string_view key) noexcept {
  if (shared_) follow();
  auto pass = endpoints_->gate().enter();
  int32_t endpoint = plan_.get()->pick(key);
  count(endpoint);
  return endpoint;
}

int32_t Balancer::draw_at(std::string_view key, int64_t now) noexcept {
  if (tickets_.timed()) expire(from_zero(now));
  return plan_.get()->pick(key);
}

int32_t Balancer::draw_other(std::string_view key, const Admits& admits) const noexcept {
  return plan_.get()->pick_other(key, admits);
}

// Only least connections looks at what is in flight, and so only it needs the time.
void Balancer::look_at_time() noexcept {
  if (settings_.policy != Policy::kLeastConnections || !(tickets_.timed() || shared_)) return;
  const int64_t now = clock_->now();
  if (tickets_.timed()) expire(now);
  if (shared_) endpoints_->reclaim_at(now);
}

int32_t Balancer::pick(std::string_view key) noexcept {
  look_at_time();
  return choose(key);
}

int32_t Balancer::pick_at(std::string_view key, int64_t now) noexcept {
  if (tickets_.timed()) expire(from_zero(now));
  if (shared_) endpoints_->reclaim_at(from_zero(now));
  return choose(key);
}

void Balancer::pick_many(std::span<const std::string_view> keys, int32_t* out) noexcept {
  look_at_time();
  if (shared_) follow();
  auto pass = endpoints_->gate().enter();
  plan_.get()->pick_many(keys, out);
  for (size_t i = 0; i < keys.size(); ++i) count(out[i]);
}

int64_t Balancer::acquire(std::string_view key, int32_t* endpoint) noexcept {
  return acquire_at(key, clock_->now(), endpoint);
}

int64_t Balancer::acquire_at(std::string_view key, int64_t now, int32_t* endpoint) noexcept {
  now = from_zero(now);
  if (tickets_.timed()) expire(now);
  return shared_ ? take_shared(key, now, endpoint) : take(key, now, endpoint);
}

// Another process may remove what was picked, and give its index away, before the call is counted.
// So the version is looked at again after: when it has not moved, whoever removes it from now on
// finds the call. When it has, the call stands if the endpoint is in the set still.
int64_t Balancer::take_shared(std::string_view key, int64_t now, int32_t* endpoint) noexcept {
  constexpr int kAttempts =
      8;  // then the endpoint was removed as often: the call is the last one's
  endpoints_->reclaim_at(now);
  for (int attempt = 1;; ++attempt) {
    follow();
    const uint64_t drawn = endpoints_->drawn();
    const int64_t ticket = take(key, now, endpoint);
    if (ticket < 0 || endpoints_->is_as(drawn)) [[likely]]
      return ticket;
    if (attempt == kAttempts || endpoints_->has(*endpoint)) return ticket;
    cancel_at(ticket, now);
  }
}

int64_t Balancer::take(std::string_view key, int64_t now, int32_t* endpoint) noexcept {
  // Inside the pass: an index is given away only after it, and then not while a call is in flight.
  auto pass = endpoints_->gate().enter();
  int32_t picked = plan_.get()->pick(key);
  *endpoint = picked;
  if (picked < 0) {
    count(picked);
    return picked;
  }
  int64_t ticket = hold_at(picked, now);
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
  endpoint.counts.latency.record(latency_ns >= 0 ? latency_ns : now - held.since);
  endpoint.counts.calls.fetch_add(1, std::memory_order_relaxed);
  if (!success) endpoint.counts.failures.fetch_add(1, std::memory_order_relaxed);
  endpoint.in_flight.subtract();  // last: then the index may be reused
  return Status::kOk;
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
