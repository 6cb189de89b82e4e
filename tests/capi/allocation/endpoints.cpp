// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include <cstdlib>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

namespace {

void run(bool whole) {
  og_config* config = nullptr;
  og_endpoints* endpoints = nullptr;
  og_text* text = nullptr;
  og_error* error = nullptr;
  og_status set = og_config_create(&config, nullptr);
  if (set == OG_OK) set = og_config_set_int(config, "max_endpoints", 2);
  held(whole, set);
  held(whole, og_endpoints_create(config, &endpoints, &error));
  og_error_destroy(&error);
  og_config_destroy(&config);
  if (!endpoints) return;
  const char* const kNames[] = {"a server of a long name, 10.0.0.1:8080", "b", "c"};
  for (int i = 0; i < 3; ++i) {
    int32_t index = og_endpoints_add(endpoints, kNames[i], 1, "a zone of a long name", &error);
    held(whole, index < 0 ? index : OG_OK);
    og_error_destroy(&error);
    if (index < 0) break;
    held(whole, og_endpoints_set_weight(endpoints, index, 7, &error));
    og_error_destroy(&error);
    held(whole, og_endpoints_set_healthy(endpoints, index, 0, &error));
    og_error_destroy(&error);
    held(whole, og_endpoints_name(endpoints, index, &text, &error));
    og_text_destroy(&text);
    og_error_destroy(&error);
    if (i == 0) continue;
    og_status removed = og_endpoints_remove(endpoints, index, &error);  // the third takes its place
    held(whole, removed);
    og_error_destroy(&error);
    if ((og_endpoints_find(endpoints, kNames[i]) == OG_NONE) != (removed == OG_OK)) std::abort();
    if (removed != OG_OK) break;
  }
  og_endpoints_destroy(&endpoints);
}

std::function<void()> hot() {
  static og_endpoints* endpoints = nullptr;
  if (!endpoints) {
    og_endpoints_create(nullptr, &endpoints, nullptr);
    og_endpoints_add(endpoints, "a", 1, nullptr, nullptr);
  }
  return [] {
    og_endpoints_in_flight(endpoints, 0);
    og_endpoints_calls(endpoints, 0);
    og_endpoints_failures(endpoints, 0);
    og_endpoints_latency(endpoints, 0, 0.99);
    og_endpoints_healthy(endpoints, 0);
    og_endpoints_find(endpoints, "a");
    og_endpoints_count(endpoints);
  };
}

const allocation::Register kEndpoints({"endpoints", run, hot});

}  // namespace
