// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/base/options.h"

namespace og {

extern const OptionTable kCacheOptions;
struct EvictionRow;

// The options, resolved: what a cache is made from.
struct CacheSettings {
  int64_t capacity_bytes = 0;    // 0: not bounded by bytes
  int64_t capacity_entries = 0;  // 0: not bounded by number; one of the two is set
  int64_t shards = 1;            // a power of two
  int64_t ttl_ns = 0;            // 0: never expires
  double ttl_jitter = 0;
  int64_t negative_ttl_ns = 0;
  int64_t stale_ns = 0;
  int64_t lease_ns = 0;
  int64_t max_leases = 0;
  uint64_t seed = 0;
  const EvictionRow* eviction = nullptr;
  std::string meaning;  // of the options

  static Result<CacheSettings> resolve(const Config& config);
  // Those of a cache in use that is given other options: what `config` names. The budget can
  // change, within the bounds that the cache was made with.
  Result<CacheSettings> changed(const Config& config) const;
};

}  // namespace og
