// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/clock.h"
#include "core/base/fork_aware.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/scope/place.h"
#include "core/service/call_table.h"
#include "core/service/layers.h"
#include "core/service/request.h"
#include "core/service/service_options.h"

namespace og {

// The whole path of a request behind one call: limiter, balancer, breaker, cache, replicas, each of
// them left out unless the config names one of its options. They are a list of layers (layers.h);
// this class leads requests through it, and decides nothing itself.
//
// What a request has entered is undone when a later layer ends it: a hit or a refusal leaves nobody
// busier and no breaker wiser. Two things stay: the limiter's token, as the request was made, and
// the balancer's pick, as its turn was taken. A request that is to wait for another's load has not
// been made yet, and takes neither; only one that asks in the moment that load begins has paid.
// What runs is held in a CallTable, so that end(), cancel() and the deadline settle each layer once
// between them. A hit is only ever picked for and never counted in flight.
//
// A write invalidates its key when it ends, however it ends but by cancel().
//
// Calls in flight at a fork are the parent's: in the child their tickets lapse, and each layer
// forgets what they hold.
//
// Safe from every thread. Without a cache begin() and end() hold no lock and allocate nothing, nor
// does a hit; a miss costs the cache's lease.
class Service final : private ForkAware {
 public:
  // In a scope the limiter, and the breaker of a service without servers, are those of all services
  // under the place's name.
  static Result<std::unique_ptr<Service>> create(const Config& config, ClockPtr clock,
                                                 const Place& place = {});
  ~Service();

  // May throw std::bad_alloc, with nothing taken but the limiter's token.
  ServiceAnswer begin(const ServiceRequest& request) { return begin_at(request, clock_->now()); }
  ServiceAnswer begin_at(const ServiceRequest& request, int64_t now);

  // kOk once. kLapsed, and nothing is recorded, when the ticket was settled before. kNoMemory when
  // the call is settled but its value could not be cached.
  Status end(int64_t ticket, const ServiceEnding& ending) noexcept {
    return end_at(ticket, ending, clock_->now());
  }
  Status end_at(int64_t ticket, const ServiceEnding& ending, int64_t now) noexcept;
  // The call was not made: all is given back, and nothing recorded or invalidated.
  Status cancel(int64_t ticket) noexcept { return cancel_at(ticket, clock_->now()); }
  Status cancel_at(int64_t ticket, int64_t now) noexcept;

  // Where the ticket's call runs: kNone without the layer, kLapsed once it is settled.
  int32_t server(int64_t ticket) const noexcept { return calls_.server(ticket); }
  int32_t node(int64_t ticket) const noexcept { return calls_.node(ticket); }

  int64_t count(ServiceCount which) const noexcept { return counts_.total(which); }
  int64_t in_flight() const noexcept;
  void collect(MetricSink& sink) const;

  // The layers' nouns, nullptr where left out.
  std::shared_ptr<Limiter> limiter() const { return noun<Limiter>(kLimiterOptions); }
  std::shared_ptr<EndpointSet> endpoints() const { return noun<EndpointSet>(kEndpointsOptions); }
  std::shared_ptr<Balancer> balancer() const { return noun<Balancer>(kBalancerOptions); }
  std::shared_ptr<Cache> cache() const { return noun<Cache>(kCacheOptions); }
  std::shared_ptr<ReplicaRouter> replicas() const { return noun<ReplicaRouter>(kReplicasOptions); }
  // A server's; without a balancer there is one breaker, whatever the index.
  std::shared_ptr<Breaker> breaker(int32_t server) const {
    return noun<Breaker>(kBreakerOptions, server);
  }

 private:
  Service(const ServiceSettings& settings, ClockPtr clock);
  void after_fork_in_child() noexcept override;

  bool must_wait(Passage& passage, int64_t wait) noexcept;
  void admit(Passage& passage);
  bool hold(Passage& passage);
  void undo(const Taken& taken, std::string_view key, int64_t now) noexcept;
  void abandon(Call& call, int64_t now) noexcept;
  void expire(int64_t now) noexcept {
    calls_.expire(now, [&](Call& call) { abandon(call, now); });
  }
  Status lapsed(int64_t ticket, int64_t now) noexcept;

  template <class Noun>
  std::shared_ptr<Noun> noun(const OptionTable& of, int32_t server = 0) const {
    return std::static_pointer_cast<Noun>(layers_.noun(of, server));
  }

  const ClockPtr clock_;
  ServiceCounts counts_;
  ServiceLayers layers_;
  bool needs_key_ = false;
  CallTable calls_;
  int64_t forgotten_ = 0;  // calls begun by those that this process was forked from
};

}  // namespace og
