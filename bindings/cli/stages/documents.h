// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cli/log/record.h"
#include "bindings/cli/replay/handle.h"
#include "bindings/cli/replay/summary.h"

namespace og::cli {

/*
 * Last on the way: the service's cache by URL, and behind it the store.
 *
 * A read that misses goes to the replica that the router names, a write to the primary; both are
 * run on one embedded database, where a document's row holds its size. A URL read for the first
 * time gets its row then: the log does not say what was there before it began. The cache is charged
 * the response's bytes, without holding them. A Not Modified that misses is charged what the row
 * says.
 */
class Documents {
 public:
  static Result<Documents> create(const ReplaySettings& settings, const og_clock* clock);

  // Whether the cache had it. For responses below 500.
  bool read(const LogRecord& record, int64_t now_ns);
  void write(const LogRecord& record);

  // A store's error, told once at the end: counts after it are worth nothing.
  Result<void> report(const ReplaySettings& settings, Summary& summary);

 private:
  using CacheHandle = Handle<og_cache, &og_cache_destroy>;
  using StoreHandle = Handle<og_store, &og_store_destroy>;
  using ReplicasHandle = Handle<og_replicas, &og_replicas_destroy>;

  Documents() = default;
  int64_t load(const LogRecord& record);
  void note(og_status status);

  CacheHandle cache_;
  StoreHandle store_;
  ReplicasHandle replicas_;
  std::vector<int64_t> reads_;  // by replica, the primary last
  int64_t hits_ = 0;
  int64_t misses_ = 0;
  int64_t hit_bytes_ = 0;
  int64_t miss_bytes_ = 0;
  int64_t invalidations_ = 0;
  int64_t writes_ = 0;
  int64_t documents_ = 0;
  og_status broken_ = OG_OK;
};

}  // namespace og::cli
