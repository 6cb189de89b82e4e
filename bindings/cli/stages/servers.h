// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "bindings/cli/replay/handle.h"
#include "bindings/cli/replay/summary.h"

namespace og::cli {

// Second on the way: the balancer picks a server, whose breaker lets the request through or not.
class Servers {
 public:
  static constexpr int32_t kUnplaced = -1;  // the balancer knows no healthy server
  static constexpr int32_t kRefused = -2;   // the server's breaker is open

  // A request at a server, to be ended once.
  struct Visit {
    int32_t server;  // or kUnplaced, kRefused
    int64_t permit;
    int64_t ticket;
  };

  static Result<Servers> create(const ReplaySettings& settings, const og_clock* clock);

  Visit begin(std::string_view key, int64_t now_ns);
  // The log has the response at the request's own second: its result counts at once, while the
  // server stays busy for the modelled time.
  void end(const Visit& visit, bool failed, int64_t busy_ns, int64_t now_ns);

  void report(const ReplaySettings& settings, Summary& summary) const;

 private:
  using EndpointsHandle = Handle<og_endpoints, &og_endpoints_destroy>;
  using BalancerHandle = Handle<og_balancer, &og_balancer_destroy>;
  using BreakerHandle = Handle<og_breaker, &og_breaker_destroy>;

  // Requests at a server until their modelled time is over, the earliest on top. Bounded: past
  // kMostBusy the earliest is taken to be over.
  struct Busy {
    int64_t until_ns;
    int64_t ticket;
    bool operator<(const Busy& other) const { return until_ns > other.until_ns; }
  };
  static constexpr std::size_t kMostBusy = 65536;

  Servers() = default;
  void release_until(int64_t now_ns);

  EndpointsHandle endpoints_;
  BalancerHandle balancer_;
  std::vector<BreakerHandle> breakers_;
  std::vector<int64_t> picks_;
  std::vector<Busy> busy_;
  int64_t unplaced_ = 0;
  int64_t refused_ = 0;
  int64_t failures_ = 0;
};

}  // namespace og::cli
