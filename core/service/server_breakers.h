// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/balance/endpoints.h"
#include "core/base/clock.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/base/snapshot.h"
#include "core/guard/breaker.h"

namespace og {

// A breaker for each endpoint of a set that changes under load, by the endpoint's index.
//
// A breaker is made when its index is first given away and then stays, so finding it is one load.
// An endpoint that leaves and comes back finds its breaker as it left it. When the index goes to
// another endpoint the breaker is renewed, before any plan names it (this watches the set before
// the balancer does): results of calls to the former holder carry a permit of an earlier generation
// and count for nothing.
//
// The endpoints that may be picked are kept as a snapshot too, for a request that finds hardly any
// open to it: enter_other() then asks all the others.
//
// Safe from every thread; entering takes no lock and allocates nothing.
class ServerBreakers final : public EndpointSet::Watcher {
 public:
  static Result<std::shared_ptr<ServerBreakers>> create(const Config& config,
                                                        std::shared_ptr<EndpointSet> endpoints,
                                                        ClockPtr clock);
  ~ServerBreakers();

  // nullptr for an index that no endpoint has had.
  Breaker* at(int32_t server) const noexcept;

  struct Entry {
    int32_t server = static_cast<int32_t>(Status::kNone);
    int64_t permit = 0;
    int64_t retry_after = 0;  // when nobody let it in: the soonest that one may
  };
  Entry enter(int32_t server, int64_t now) const noexcept {
    return {.server = server, .permit = at(server)->enter_at(now)};
  }
  // The first of the others that lets a call in, asked in turn from the `start`-th, modulo their
  // number. In a pass of the set's gate.
  Entry enter_other(int32_t refused, uint64_t start, int64_t now) const noexcept;

  // Whether one that may be picked would let a call in. In a pass of the set's gate.
  bool any_lets_in(int64_t now) const noexcept;

  void collect(MetricSink& sink) const;

  void prepare(Draft& draft) override;
  void commit() noexcept override;

 private:
  struct Candidates {
    std::vector<int32_t> servers;  // that may be picked
  };

  ServerBreakers(const Config& config, std::shared_ptr<EndpointSet> endpoints, ClockPtr clock);

  const Config config_;
  const std::shared_ptr<EndpointSet> endpoints_;
  const ClockPtr clock_;
  std::unique_ptr<std::unique_ptr<Breaker>[]> owned_;  // under the set's lock
  std::unique_ptr<std::atomic<Breaker*>[]> table_;     // owned_, for those without it
  Snapshot<Candidates> candidates_;
  std::unique_ptr<Candidates> prepared_;
  std::vector<int32_t> fresh_;  // renewed with what is prepared
};

}  // namespace og
