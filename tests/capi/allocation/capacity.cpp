// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

static og_capacity* create(bool whole, const char* model) {
  og_config* config = nullptr;
  og_capacity* capacity = nullptr;
  og_error* error = nullptr;
  og_status set = og_config_create(&config, nullptr);
  if (set == OG_OK) set = og_config_set(config, "model", model);
  if (set == OG_OK) set = og_config_set(config, "service_ms", "100ms");
  if (held(whole, set) && set == OG_OK) {
    held(whole, og_capacity_create(config, &capacity, &error));
  }
  og_error_destroy(&error);
  og_config_destroy(&config);
  return capacity;
}

// Whether all was taken.
static bool fill(bool whole, og_capacity* capacity) {
  bool taken = true;
  for (int n = 1; n <= 8; ++n) {
    const og_status fit = og_capacity_observe(capacity, n, 100.0 * n / (1 + 0.05 * (n - 1)));
    const og_status line = og_capacity_observe_utilization(capacity, 100 * n, 5 + 8 * n);
    held(whole, fit);
    held(whole, line);
    taken = taken && fit == OG_OK && line == OG_OK;
  }
  return taken;
}

static void run(bool whole) {
  for (const char* model : {"erlang_c", "utilization", "usl"}) {
    og_capacity* capacity = create(whole, model);
    if (!capacity) continue;
    og_usl* usl = nullptr;
    og_staffing* staffing = nullptr;
    og_error* error = nullptr;
    if (fill(whole, capacity)) {
      held(whole, og_capacity_staff(capacity, 300, &staffing, &error));
      og_error_destroy(&error);
      held(whole, og_capacity_fit(capacity, &usl, &error));
      og_error_destroy(&error);
      og_capacity_throughput(capacity, 4);
      og_capacity_waiting(capacity, 4, 100);
    }
    og_staffing_destroy(&staffing);
    og_usl_destroy(&usl);
    og_capacity_destroy(&capacity);
  }
}

static std::function<void()> hot() {
  static og_capacity* capacity = create(true, "erlang_c");
  fill(true, capacity);
  og_capacity_throughput(capacity, 4);  // it fits once
  return [] {
    og_capacity_throughput(capacity, 4);
    og_capacity_waiting(capacity, 4, 100);
    og_capacity_blocking(capacity, 4, 100);
  };
}

static const allocation::Register kCapacity({"capacity", run, hot});
