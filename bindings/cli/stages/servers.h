// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "bindings/cli/replay/handle.h"
#include "bindings/cli/replay/summary.h"
#include "bindings/cli/stages/in_flight.h"

namespace og::cli {

/*
 * Second on the way: the balancer picks a server whose breaker lets the request through. While a
 * server's breaker is open the balancer shares the server's requests out among the others, as a
 * service does.
 *
 * A request is in flight at its server, for least_connections to count, until its modelled time is
 * over. Requests of one second in the log are taken to come at once: it does not say more.
 */
class Servers {
 public:
  static constexpr int32_t kUnplaced = -1;  // the balancer had no server, or no ticket
  static constexpr int32_t kRefused = -2;   // the breakers of all servers are open

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

  Servers() = default;
  Result<void> add_servers(const ReplaySettings& settings);
  void bring_back(int64_t now_ns);

  EndpointsHandle endpoints_;
  BalancerHandle balancer_;
  std::vector<BreakerHandle> breakers_;
  std::vector<int64_t> picks_;  // requests that reached the server
  std::vector<int32_t> shut_;   // servers that their breakers keep out of the balancer's set
  InFlight busy_;
  int64_t unplaced_ = 0;
  int64_t refused_ = 0;
  int64_t failures_ = 0;
};

}  // namespace og::cli
