// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

static void run(bool whole) {
  og_config* config = nullptr;
  og_clock* clock = nullptr;
  og_breaker* breaker = nullptr;
  og_error* error = nullptr;
  held(whole, og_clock_create_manual(0, &clock, &error));
  og_error_destroy(&error);
  if (held(whole, og_config_create(&config, &error)) && config) {
    held(whole, og_config_set_int(config, "failure_threshold", 2));
  }
  og_error_destroy(&error);
  if (held(whole, og_breaker_create(config, clock, &breaker, &error)) && breaker) {
    og_breaker_exit(breaker, og_breaker_enter(breaker), 0);
  }
  og_error_destroy(&error);
  og_text* text = nullptr;
  held(whole, og_config_describe("breaker", &text, &error));
  og_text_destroy(&text);
  og_error_destroy(&error);
  og_breaker_destroy(&breaker);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
}

static std::function<void()> hot() {
  static og_breaker* breaker = nullptr;
  if (!breaker) og_breaker_create(nullptr, nullptr, &breaker, nullptr);
  return [] {
    og_breaker_exit(breaker, og_breaker_enter(breaker), 1);
    og_breaker_state(breaker);
  };
}

static const allocation::Register kBreaker({"breaker", run, hot});
