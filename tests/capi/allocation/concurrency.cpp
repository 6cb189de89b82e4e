// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

static void run(bool whole) {
  og_config* config = nullptr;
  og_clock* clock = nullptr;
  og_concurrency* limiter = nullptr;
  og_error* error = nullptr;
  held(whole, og_clock_create_manual(0, &clock, &error));
  og_error_destroy(&error);
  og_status limited = OG_NO_MEMORY;
  if (held(whole, og_config_create(&config, &error)) && config) {
    limited = og_config_set_int(config, "limit", 100);
    held(whole, limited);
  }
  og_error_destroy(&error);
  // Without its limit it may not be made at all.
  if (limited == OG_OK && held(whole, og_concurrency_create(config, clock, &limiter, &error)) &&
      limiter) {
    og_concurrency_exit(limiter, og_concurrency_enter(limiter));
  }
  og_error_destroy(&error);
  og_concurrency_destroy(&limiter);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
}

static std::function<void()> hot() {
  static og_concurrency* limiter = nullptr;
  if (!limiter) {
    og_config* config = nullptr;
    og_config_create(&config, nullptr);
    og_config_set_int(config, "limit", 1);
    og_concurrency_create(config, nullptr, &limiter, nullptr);
    og_config_destroy(&config);
  }
  return [] {
    int64_t permit = og_concurrency_enter(limiter);
    og_concurrency_enter(limiter);
    og_concurrency_in_flight(limiter);
    og_concurrency_exit(limiter, permit);
  };
}

static const allocation::Register kConcurrency({"concurrency", run, hot});
