// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

namespace {

og_replicas* make(bool whole, const char* policy) {
  og_config* config = nullptr;
  og_replicas* replicas = nullptr;
  og_error* error = nullptr;
  og_status set = og_config_create(&config, nullptr);
  if (set == OG_OK) set = og_config_set(config, "policy", policy);
  held(whole, set);
  if (set == OG_OK) held(whole, og_replicas_create(config, nullptr, &replicas, &error));
  og_error_destroy(&error);
  og_config_destroy(&config);
  return replicas;
}

void run(bool whole) {
  for (const char* policy : {"round_robin", "least_in_flight"}) {
    og_replicas* replicas = make(whole, policy);
    og_replicas_destroy(&replicas);
  }
}

std::function<void()> hot() {
  static og_replicas* const kReplicas[] = {make(true, "round_robin"),
                                           make(true, "least_in_flight")};
  return [] {
    int32_t out[2];
    for (og_replicas* replicas : kReplicas) {
      og_replicas_write(replicas);
      og_replicas_read(replicas);
      og_replicas_read_many(replicas, 2, out);
      og_replicas_release(replicas, og_replicas_acquire(replicas, 0, out), 1, -1);
      og_replicas_cancel(replicas, og_replicas_acquire(replicas, 1, out));
      og_replicas_set_healthy(replicas, 1, 0);
      og_replicas_set_healthy(replicas, 1, 1);
    }
  };
}

const allocation::Register kReplicas({"replicas", run, hot});

}  // namespace
