// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/balance/balancer.h"
#include "core/balance/endpoints.h"
#include "core/base/clock.h"
#include "core/base/fork_aware.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/base/striped_tally.h"
#include "core/cache/cache.h"
#include "core/data/replicas.h"
#include "core/guard/breaker.h"
#include "core/limit/limiter.h"
#include "core/service/call_table.h"
#include "core/service/server_breakers.h"
#include "core/service/service_options.h"

namespace og {

// A request: who asks, for what, and whether it changes it. Without a key it is neither looked up
// in the cache nor invalidates anything.
struct ServiceRequest {
  std::string_view client;
  std::string_view key;
  bool write = false;
};

// What is to be done with it.
//   a ticket > 0  run it, on the server and the node that the ticket names, and end() it; a `value`
//                 beside it is stale and may be used meanwhile
//   kOk           `value` is the answer
//   kAbsent       the key is known not to exist
//   kStale        `value` is past its time to live, and another caller is loading it
//   kWait         another caller is loading it: ask again within wait_ns
//   kDenied       over the client's rate, for wait_ns
//   kRefused      the breakers of all servers are open, for wait_ns at least
//   kNone         no server, or no node, may be chosen
//   kFull         too many calls in flight
struct ServiceAnswer {
  int64_t result = 0;  // a ticket, or a Status as its number
  CacheValue value;
  int64_t wait_ns = 0;
};

// How a call went, and what it says about its key.
struct ServiceEnding {
  enum class Keep { kNothing, kAbsence, kValue };
  bool success = true;
  int64_t latency_ns = -1;  // since begin()
  Keep keep = Keep::kNothing;
  std::string_view value;
  int64_t ttl_ns = CachePut::kDefaultTtl;
};

enum class ServiceCount : int32_t {
  // Requests by the layer that decided them.
  kDenied,    // limiter
  kNoServer,  // balancer
  kRefused,   // breakers
  kHits,      // cache
  kAbsences,  //
  kStale,     //
  kWaits,     //
  kNoNode,    // replicas
  kFull,      // of calls in flight
  kBegun,     // given a ticket
  // Tickets by how they ended.
  kSuccesses,
  kFailures,
  kCancelled,
  kExpired,
  // And beside these.
  kLapsed,         // tickets ended twice, or after their time
  kRerouted,       // requests that a breaker sent to another server
  kFills,          // values and absences cached
  kFillsRefused,   // not cached: the lease was void, or the value too large
  kInvalidations,  // keys removed for a write
  kCount
};

// The whole path of a request behind one call: limiter, balancer, breaker, cache, replicas, each of
// them left out unless the config names one of its options. This class composes, and decides
// nothing itself but what to do when one of them says no.
//
// What a request has entered is undone when a later layer ends it: a hit or a refusal leaves nobody
// busier and no breaker wiser. Two things stay: the limiter's token, as the request was made, and
// the balancer's pick, as its turn was taken. A request that is to wait for another's load has not
// been made yet, and takes neither; only one that asks in the moment that load begins has paid.
// What runs is held in a CallTable, so that end(), cancel() and the deadline settle each layer once
// between them.
//
// The server is picked, its breaker entered and the call counted there within one pass of the set's
// gate, so that an index means one server throughout. When the breaker of the one picked refuses,
// the policy picks among those whose breakers do not. A hit is only ever picked for and never
// counted in flight.
//
// A write invalidates its key when it ends, however it ends but by cancel(): one that failed or
// never came back may have been made. The lease that a reader holds meanwhile falls with it, so
// that what was read before the write is not cached after it.
//
// Calls in flight at a fork are the parent's: in the child their tickets lapse, and each layer
// forgets what they hold.
//
// Safe from every thread. Without a cache begin() and end() hold no lock and allocate nothing, nor
// does a hit; a miss costs the cache's lease.
class Service final : private ForkAware {
 public:
  static Result<std::unique_ptr<Service>> create(const Config& config, ClockPtr clock);
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

  int64_t count(ServiceCount which) const noexcept {
    return counts_.total(static_cast<size_t>(which));
  }
  int64_t in_flight() const noexcept;
  void collect(MetricSink& sink) const;

  // The layers, nullptr where left out.
  const std::shared_ptr<Limiter>& limiter() const noexcept { return limiter_; }
  const std::shared_ptr<EndpointSet>& endpoints() const noexcept { return endpoints_; }
  const std::shared_ptr<Balancer>& balancer() const noexcept { return balancer_; }
  const std::shared_ptr<Cache>& cache() const noexcept { return cache_; }
  const std::shared_ptr<ReplicaRouter>& replicas() const noexcept { return replicas_; }
  // A server's; without a balancer there is one breaker, whatever the index.
  std::shared_ptr<Breaker> breaker(int32_t server) const;

 private:
  Service(const ServiceSettings& settings, ClockPtr clock);
  void after_fork_in_child() noexcept override;
  Result<void> make_layers(const Config& config);
  Result<void> make_balancer(const Config& config, std::string_view servers);

  // key_hash: the cache's, or 0 for a request that passes the cache by.
  bool refuses_every_call(int64_t now) const noexcept;
  int64_t load_wait(const ServiceRequest& request, uint64_t key_hash, int64_t now) const noexcept;
  ServiceAnswer admit(const ServiceRequest& request, uint64_t key_hash, int64_t now);
  ServiceAnswer choose_server(const ServiceRequest& request, int64_t now, Taken* taken) noexcept;
  ServerBreakers::Entry enter_other(std::string_view key, int32_t refused, int64_t now) noexcept;
  ServiceAnswer ask_cache(const ServiceRequest& request, uint64_t key_hash, int64_t now,
                          Taken* taken);
  int64_t take_places(const ServiceRequest& request, int64_t now, Taken* taken);
  Status settle_cache(const Call& call, const ServiceEnding& ending, int64_t now) noexcept;
  void invalidate(const Call& call, int64_t now) noexcept;
  void undo(const Taken& taken, std::string_view key, int64_t now) noexcept;
  void abandon(Call& call, int64_t now) noexcept;
  void expire(int64_t now) noexcept;
  Status lapsed(int64_t ticket, int64_t now) noexcept;

  ServiceAnswer refuse(ServiceCount why, Status outcome, int64_t wait_ns = 0) noexcept;
  void add(ServiceCount which) noexcept { counts_.add(static_cast<size_t>(which)); }

  const bool balance_by_client_;
  const int64_t max_in_flight_;
  const ClockPtr clock_;
  std::shared_ptr<Limiter> limiter_;
  std::shared_ptr<EndpointSet> endpoints_;
  std::shared_ptr<ServerBreakers> breakers_;  // with a balancer
  std::shared_ptr<Breaker> breaker_;          // without
  std::shared_ptr<Balancer> balancer_;
  std::shared_ptr<Cache> cache_;
  std::shared_ptr<ReplicaRouter> replicas_;
  CallTable calls_;
  Turn turn_;
  StripedTally counts_;
  int64_t forgotten_ = 0;  // calls begun by those that this process was forked from
};

}  // namespace og
