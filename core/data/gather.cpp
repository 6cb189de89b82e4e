// SPDX-License-Identifier: Apache-2.0
#include "core/data/gather.h"

#include <algorithm>

#include "core/base/typed_options.h"
#include "core/data/gather_query.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kOptionRows[] = {
    {.name = "policy", .type = OptionType::kEnum, .fallback = "all",
     .choices = "all|quorum|any|at_least",
     .doc = "How many shards must be in for an answer: all, more than half, one, or min_shards."},
    {.name = "min_shards", .type = OptionType::kInt, .fallback = "1", .min = 1, .max = 65536,
     .unit = "shards",
     .doc = "What at_least asks for, or all where a query goes to fewer."},
    {.name = "deadline_ms", .type = OptionType::kDuration, .fallback = "30000", .min = 0,
     .max = 86400000, .unit = "ms",
     .doc = "A shard not in within this time of the start has failed; 0 waits for ever."},
    {.name = "order", .type = OptionType::kEnum, .fallback = "shard", .choices = "shard|key",
     .doc = "Rows of one shard after the other, or merged by their keys, compared as bytes."},
    {.name = "descending", .type = OptionType::kBool, .fallback = "false",
     .doc = "With order=key, the highest keys first."},
    {.name = "limit", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 9007199254740992,
     .unit = "rows",
     .doc = "At most so many rows are handed out; 0 for all."},
    {.name = "max_bytes", .type = OptionType::kBytes, .fallback = "64MiB", .min = 1,
     .max = 1099511627776, .unit = "bytes",
     .doc = "Rows held for a query, each charged 24 more; a shard whose row exceeds it has "
            "failed."},
};
// clang-format on

enum class Order { kShard, kKey };

}  // namespace

constexpr OptionTable kGatherOptions{"gather", kOptionRows};

Result<std::shared_ptr<Gather>> Gather::create(const Config& config, ClockPtr clock) {
  auto options = OptionsOf<kGatherOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  bool by_key = options->choice<Order>("order") == Order::kKey;
  int64_t limit = options->integer("limit");
  Settings settings{
      .policy = options->choice<Policy>("policy"),
      .min_shards = options->integer("min_shards"),
      .deadline_ns = options->duration_ns("deadline_ms"),
      .order = !by_key                       ? RowOrder::kShard
               : options->flag("descending") ? RowOrder::kKeyDescending
                                             : RowOrder::kKeyAscending,
      .limit = limit > 0 ? limit : INT64_MAX,
      .max_bytes = options->bytes("max_bytes"),
  };
  return std::shared_ptr<Gather>(new Gather(settings, std::move(clock)));
}

int64_t Gather::needed(int64_t shards) const noexcept {
  switch (settings_.policy) {
    case Policy::kAll:
      return shards;
    case Policy::kQuorum:
      return shards == 0 ? 0 : shards / 2 + 1;
    case Policy::kAny:
      return std::min<int64_t>(shards, 1);
    case Policy::kAtLeast:
      return std::min(shards, settings_.min_shards);
  }
  return shards;
}

Result<std::unique_ptr<GatherQuery>> Gather::start(std::span<const int32_t> shards) {
  return start_at(shards, clock_->now());
}

Result<std::unique_ptr<GatherQuery>> Gather::start_at(std::span<const int32_t> shards,
                                                      int64_t now) {
  return GatherQuery::create(shared_from_this(), shards, now);
}

void Gather::collect(MetricSink& sink) const {
  auto query = [&](const char* outcome, Count which) {
    sink.counter("outgrow_gather_queries_total", "Queries that ended, by what they answered.",
                 {{"outcome", outcome}}, counts_.total(which));
  };
  query("complete", kComplete);
  query("partial", kPartial);
  query("failed", kFailed);
  query("abandoned", kAbandoned);
  auto shard = [&](const char* outcome, ShardCount which) {
    sink.counter("outgrow_gather_shards_total", "Shards asked that came to an end, by how.",
                 {{"outcome", outcome}}, shard_counts_.total(which));
  };
  shard("done", kDone);
  shard("error", kError);
  shard("timeout", kTimeout);
  shard("full", kFull);
  shard("unread", kUnread);
  auto row = [&](const char* outcome, Count which) {
    sink.counter(
        "outgrow_gather_rows_total",
        "Rows taken, refused as too late or too many, and dropped when their shard failed.",
        {{"outcome", outcome}}, counts_.total(which));
  };
  row("taken", kRows);
  row("refused", kRefused);
  row("dropped", kDropped);
  sink.histogram("outgrow_gather_shard_latency_seconds",
                 "From the start of a query until a shard was done.", {}, latency_);
}

}  // namespace og
