// SPDX-License-Identifier: Apache-2.0
#include "core/service/service.h"

#include <algorithm>

#include "core/base/hash.h"
#include "core/base/time.h"

namespace og {

Service::Service(const ServiceSettings& settings, ClockPtr clock)
    : balance_by_client_(settings.balance_by_client),
      max_in_flight_(settings.max_in_flight),
      clock_(std::move(clock)),
      calls_(settings.max_in_flight, settings.call_ns),
      counts_(static_cast<size_t>(ServiceCount::kCount)) {
  join_forks();
}

Service::~Service() {
  leave_forks();
  int64_t now = clock_->now();
  calls_.settle_all([&](Call& call) { abandon(call, now); });
}

void Service::after_fork_in_child() noexcept {
  calls_.forget();
  forgotten_ += in_flight();
}

std::shared_ptr<Breaker> Service::breaker(int32_t server) const {
  if (!breakers_) return breaker_;
  return {breakers_, breakers_->at(server)};
}

ServiceAnswer Service::refuse(ServiceCount why, Status outcome, int64_t wait_ns) noexcept {
  add(why);
  return {.result = static_cast<int64_t>(outcome), .wait_ns = wait_ns};
}

ServiceAnswer Service::begin_at(const ServiceRequest& request, int64_t now) {
  now = from_zero(now);
  expire(now);
  bool cached = cache_ && !request.write && !request.key.empty();
  uint64_t key_hash = cached ? cache_->hash_of(request.key) : 0;
  if (int64_t wait = load_wait(request, key_hash, now)) {
    return refuse(ServiceCount::kWaits, Status::kWait, wait);
  }
  if (limiter_) {
    int64_t wait = limiter_->acquire_at(request.client, 1, now);
    if (wait < 0) return {.result = wait};
    if (wait > 0) return refuse(ServiceCount::kDenied, Status::kDenied, wait);
  }
  if (!endpoints_) return admit(request, key_hash, now);
  auto pass = endpoints_->gate().enter();
  return admit(request, key_hash, now);
}

bool Service::refuses_every_call(int64_t now) const noexcept {
  if (!breakers_) return breaker_ && breaker_->retry_after_at(now) > 0;
  auto pass = endpoints_->gate().enter();
  return !breakers_->any_lets_in(now);
}

// Asked before the limiter, so that a client which asks again and again while another loads has
// made one request. Who would be refused after the waiting is refused at once.
int64_t Service::load_wait(const ServiceRequest& request, uint64_t key_hash,
                           int64_t now) const noexcept {
  if (key_hash == 0) return 0;
  int64_t wait = cache_->must_wait_at(key_hash, request.key, now);
  if (wait == 0) return 0;
  if (limiter_ && limiter_->peek_at(request.client, 1, now) != 0) return 0;
  return refuses_every_call(now) ? 0 : wait;
}

ServiceAnswer Service::admit(const ServiceRequest& request, uint64_t key_hash, int64_t now) {
  Taken taken{.write = request.write};
  ServiceAnswer answer = choose_server(request, now, &taken);
  if (answer.result < 0) return answer;
  try {
    if (key_hash != 0) {
      answer = ask_cache(request, key_hash, now, &taken);
      if (taken.lease == 0) {
        undo(taken, request.key, now);
        return answer;
      }
    }
    answer.result = take_places(request, now, &taken);
  } catch (...) {
    undo(taken, request.key, now);
    throw;
  }
  if (answer.result > 0) return answer;
  undo(taken, request.key, now);
  return {.result = answer.result};
}

// A server and its breaker's permit into *taken, or the refusal.
ServiceAnswer Service::choose_server(const ServiceRequest& request, int64_t now,
                                     Taken* taken) noexcept {
  if (!balancer_) {
    if (!breaker_) return {};
    taken->breaker = breaker_.get();
    taken->permit = breaker_->enter_at(now);
    if (taken->permit > 0) return {};
    return refuse(ServiceCount::kRefused, Status::kRefused, breaker_->retry_after_at(now));
  }

  bool by_client = balance_by_client_ || request.key.empty();
  std::string_view key = by_client ? request.client : request.key;
  const int32_t picked = balancer_->draw_at(key, now);
  ServerBreakers::Entry entry{.server = picked};
  if (picked >= 0 && breakers_) {
    entry = breakers_->enter(picked, now);
    if (entry.permit <= 0) [[unlikely]]
      entry = enter_other(key, picked, now);
    if (entry.permit <= 0)
      return refuse(ServiceCount::kRefused, Status::kRefused, entry.retry_after);
    taken->breaker = breakers_->at(entry.server);
    taken->permit = entry.permit;
  }
  balancer_->count(entry.server);
  if (entry.server < 0) return refuse(ServiceCount::kNoServer, Status::kNone);
  if (entry.server != picked) add(ServiceCount::kRerouted);
  taken->server = entry.server;
  return {};
}

// A server whose breaker lets nobody in is no candidate: its share is the policy's to share out
// among those that do. The rest are asked one by one when there are hardly any such, or another
// caller was quicker. Where a key has a server of its own, it also has a second of its own.
ServerBreakers::Entry Service::enter_other(std::string_view key, int32_t refused,
                                           int64_t now) noexcept {
  const int32_t other = balancer_->draw_other(
      key, Admits([&](int32_t server) { return breakers_->at(server)->retry_after_at(now) == 0; }));
  if (other >= 0) {
    if (auto entry = breakers_->enter(other, now); entry.permit > 0) return entry;
  }
  const uint64_t start = balancer_->keeps_keys() && !key.empty() ? hash64(key) : turn_.take();
  return breakers_->enter_other(refused, start, now);
}

// Without a lease in *taken the answer is the request's.
ServiceAnswer Service::ask_cache(const ServiceRequest& request, uint64_t key_hash, int64_t now,
                                 Taken* taken) {
  CacheLookup found = cache_->get_or_lease_at(key_hash, request.key, now);
  taken->lease = found.lease;
  if (found.lease == 0) {
    switch (found.outcome) {
      case Status::kOk:
        add(ServiceCount::kHits);
        break;
      case Status::kAbsent:
        add(ServiceCount::kAbsences);
        break;
      case Status::kStale:
        add(ServiceCount::kStale);
        break;
      default:
        add(ServiceCount::kWaits);
        break;
    }
  }
  return {.result = static_cast<int64_t>(found.lease ? Status::kOk : found.outcome),
          .value = std::move(found.value),
          .wait_ns = found.lease ? 0 : found.wait_ns};
}

// A place among the calls in flight, at the server and at a node: a ticket, or why there is none.
int64_t Service::take_places(const ServiceRequest& request, int64_t now, Taken* taken) {
  Call* call = calls_.reserve();
  if (!call) return refuse(ServiceCount::kFull, Status::kFull).result;
  auto give_up = [&](ServiceCount why, int64_t status) {
    calls_.recycle(*call);
    return refuse(why, static_cast<Status>(status)).result;
  };
  try {
    if (cache_) call->key.assign(request.key);
  } catch (...) {
    calls_.recycle(*call);
    throw;
  }
  if (balancer_) {
    taken->balancer_ticket = balancer_->hold_at(taken->server, now);
    if (taken->balancer_ticket < 0) return give_up(ServiceCount::kFull, taken->balancer_ticket);
  }
  if (replicas_) {
    taken->replica_ticket = replicas_->acquire_at(request.write, now, &taken->node);
    if (taken->replica_ticket < 0) {
      bool none = taken->replica_ticket == static_cast<int64_t>(Status::kNone);
      return give_up(none ? ServiceCount::kNoNode : ServiceCount::kFull, taken->replica_ticket);
    }
  }
  add(ServiceCount::kBegun);
  return calls_.publish(*call, *taken, now);
}

// The balancer's ticket last, here and in end_at(): an index is another server's only once nothing
// is in flight at it, and until then its breaker is the one that gave the permit.
void Service::undo(const Taken& taken, std::string_view key, int64_t now) noexcept {
  if (taken.permit > 0) taken.breaker->cancel_at(taken.permit, now);
  if (taken.lease > 0) cache_->give_up_at(key, taken.lease, now);
  if (taken.replica_ticket > 0) replicas_->cancel_at(taken.replica_ticket, now);
  if (taken.balancer_ticket > 0) balancer_->cancel_at(taken.balancer_ticket, now);
}

Status Service::end_at(int64_t ticket, const ServiceEnding& ending, int64_t now) noexcept {
  now = from_zero(now);
  Call* call = calls_.seize(ticket, now);
  if (!call) return lapsed(ticket, now);
  const Taken taken = call->taken;
  if (taken.permit > 0) taken.breaker->exit_at(taken.permit, ending.success, now);
  if (taken.replica_ticket > 0) {
    replicas_->release_at(taken.replica_ticket, ending.success, ending.latency_ns, now);
  }
  Status cached = settle_cache(*call, ending, now);
  if (taken.balancer_ticket > 0) {
    balancer_->release_at(taken.balancer_ticket, ending.success, ending.latency_ns, now);
  }
  calls_.recycle(*call);
  add(ending.success ? ServiceCount::kSuccesses : ServiceCount::kFailures);
  return cached;
}

Status Service::cancel_at(int64_t ticket, int64_t now) noexcept {
  now = from_zero(now);
  Call* call = calls_.seize(ticket, now);
  if (!call) return lapsed(ticket, now);
  undo(call->taken, call->key, now);
  calls_.recycle(*call);
  add(ServiceCount::kCancelled);
  return Status::kOk;
}

Status Service::settle_cache(const Call& call, const ServiceEnding& ending, int64_t now) noexcept {
  using Keep = ServiceEnding::Keep;
  if (call.taken.write) invalidate(call, now);
  if (call.taken.lease <= 0) return Status::kOk;
  if (!ending.success || ending.keep == Keep::kNothing) {
    cache_->give_up_at(call.key, call.taken.lease, now);
    return Status::kOk;
  }
  try {
    Status filled = ending.keep == Keep::kValue
                        ? cache_->fill_at(call.key, call.taken.lease, ending.value,
                                          {.ttl_ns = ending.ttl_ns}, now)
                        : cache_->fill_absent_at(call.key, call.taken.lease, ending.ttl_ns, now);
    add(filled == Status::kOk ? ServiceCount::kFills : ServiceCount::kFillsRefused);
    return Status::kOk;
  } catch (const std::bad_alloc&) {
    cache_->give_up_at(call.key, call.taken.lease, now);
    add(ServiceCount::kFillsRefused);
    return Status::kNoMemory;
  }
}

void Service::invalidate(const Call& call, int64_t now) noexcept {
  if (!cache_ || call.key.empty()) return;
  cache_->erase_at(call.key, now);
  add(ServiceCount::kInvalidations);
}

void Service::abandon(Call& call, int64_t now) noexcept {
  if (call.taken.write) invalidate(call, now);
  undo(call.taken, call.key, now);
  add(ServiceCount::kExpired);
}

void Service::expire(int64_t now) noexcept {
  calls_.expire(now, [&](Call& call) { abandon(call, now); });
}

Status Service::lapsed(int64_t ticket, int64_t now) noexcept {
  if (ticket <= 0) return Status::kInvalidArgument;
  expire(now);
  add(ServiceCount::kLapsed);
  return Status::kLapsed;
}

}  // namespace og
