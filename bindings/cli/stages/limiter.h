// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "bindings/cli/replay/handle.h"
#include "bindings/cli/replay/summary.h"
#include "bindings/cli/tally/distinct.h"
#include "bindings/cli/tally/worst.h"

namespace og::cli {

// First on a request's way: the limiter, by client.
class ClientLimiter {
 public:
  static Result<ClientLimiter> create(const ReplaySettings& settings, const og_clock* clock);

  bool admit(std::string_view client, uint64_t hash, int64_t now_ns);
  void report(std::size_t worst, Summary& summary) const;

 private:
  using LimiterHandle = Handle<og_limiter, &og_limiter_destroy>;

  explicit ClientLimiter(LimiterHandle limiter) : limiter_(std::move(limiter)) {}

  LimiterHandle limiter_;
  int64_t allowed_ = 0;
  int64_t denied_ = 0;
  WorstNames worst_;
  DistinctCount denied_clients_;
};

}  // namespace og::cli
