// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/base/clock.h"
#include "core/base/counters.h"
#include "core/base/histogram.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/data/row_merge.h"

namespace og {

class GatherQuery;

extern const OptionTable kGatherOptions;

// Scatter-gather: what a query that goes to several shards answers, and under which policy it does
// though some of them failed. Made once, and started for each query (see GatherQuery).
//
// Safe from every thread.
class Gather : public std::enable_shared_from_this<Gather> {
 public:
  static Result<std::shared_ptr<Gather>> create(const Config& config, ClockPtr clock);

  // Shards are numbers from 0, none twice. Rows come in the order in which they stand here.
  Result<std::unique_ptr<GatherQuery>> start(std::span<const int32_t> shards);
  Result<std::unique_ptr<GatherQuery>> start_at(std::span<const int32_t> shards, int64_t now);

  void collect(MetricSink& sink) const;

 private:
  friend class GatherQuery;
  enum class Policy { kAll, kQuorum, kAny, kAtLeast };
  struct Settings {
    Policy policy;
    int64_t min_shards;
    int64_t deadline_ns;  // 0: none
    RowOrder order;
    int64_t limit;
    int64_t max_bytes;
  };
  enum Count : size_t { kComplete, kPartial, kFailed, kAbandoned, kRows, kRefused, kDropped };
  enum ShardCount : size_t { kDone, kError, kTimeout, kFull, kUnread };

  Gather(Settings settings, ClockPtr clock) : settings_(settings), clock_(std::move(clock)) {}
  // How many of that many shards the policy asks for.
  int64_t needed(int64_t shards) const noexcept;

  const Settings settings_;
  const ClockPtr clock_;
  StripedCounters<7> counts_;
  StripedCounters<5> shard_counts_;
  Histogram latency_;  // from the start until a shard is done
};

}  // namespace og
