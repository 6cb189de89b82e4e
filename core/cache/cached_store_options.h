// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/base/options.h"

namespace og {

extern const OptionTable kCachedStoreOptions;

enum class CacheMode { kAside, kThrough, kBehind };
enum class WhenFull { kThrough, kBlock, kRefuse };

// What write-behind keeps in memory, when it writes it, and how often it tries.
struct WriteBufferLimits {
  int64_t bytes = 0;
  int64_t entries = 0;
  int64_t batch_size = 0;
  int64_t interval_ns = 0;
  int64_t max_age_ns = 0;  // 0: none
  int64_t retry_attempts = 0;
  int64_t retry_base_ns = 0;
  int64_t retry_max_ns = 0;
  int64_t dead_letters = 0;
  uint64_t seed = 0;
};

// The options, resolved: what a cached store is made from.
struct CachedStoreSettings {
  CacheMode mode = CacheMode::kAside;
  int64_t wait_ns = 0;
  WriteBufferLimits buffer;
  WhenFull full = WhenFull::kThrough;
  int64_t full_wait_ns = 0;
  int64_t drain_ns = 0;
  bool thread = true;
  std::string meaning;  // of the options

  static Result<CachedStoreSettings> resolve(const Config& config);
};

}  // namespace og
