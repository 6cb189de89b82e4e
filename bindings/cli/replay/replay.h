// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bindings/cli/failure.h"
#include "bindings/cli/log/merge.h"
#include "bindings/cli/replay/settings.h"
#include "bindings/cli/replay/summary.h"
#include "bindings/cli/stages/cache.h"
#include "bindings/cli/stages/database.h"
#include "bindings/cli/stages/limiter.h"
#include "bindings/cli/stages/servers.h"
#include "bindings/cli/tally/distinct.h"

namespace og::cli {

/*
 * Drives the library with a log: limiter by client, balancer, that server's breaker, cache by URL,
 * store; then the autoscaler over the minutes. One manual clock stands for all of them, moved to
 * each line's time; a line that is earlier than the one before it happens at that one's time.
 */
class Replay {
 public:
  static Result<Replay> create(const ReplaySettings& settings);

  struct Fate {
    bool is_denied;   // by the limiter
    uint64_t client;  // a hash
  };
  Fate feed(const LogRecord& record);
  Result<Summary> finish(const LogMerge& log);

 private:
  Replay(const ReplaySettings& settings, ClockHandle clock, ClientLimiter limiter, Servers servers,
         std::unique_ptr<Database> database, DocumentCache cache);

  void move_clock(const LogRecord& record);
  int64_t limiter_ns() const;

  const ReplaySettings& settings_;
  ClockHandle clock_;
  ClientLimiter limiter_;
  Servers servers_;
  std::unique_ptr<Database> database_;
  DocumentCache cache_;  // before the database

  int64_t start_s_ = 0;
  int64_t now_s_ = 0;
  int64_t now_ns_ = 0;  // of the clock: since start_s_
  Summary summary_;
  DistinctCount clients_;
  DistinctCount urls_;
};

}  // namespace og::cli
