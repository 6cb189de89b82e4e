// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

static og_sizer* create(bool whole, const char* policy) {
  og_config* config = nullptr;
  og_sizer* sizer = nullptr;
  og_error* error = nullptr;
  og_status set = og_config_create(&config, nullptr);
  if (set == OG_OK) set = og_config_set(config, "policy", policy);
  if (held(whole, set) && set == OG_OK)
    held(whole, og_sizer_create(config, nullptr, &sizer, &error));
  og_error_destroy(&error);
  og_config_destroy(&config);
  return sizer;
}

static void run(bool whole) {
  for (const char* policy : {"vpa", "autopilot"}) {
    og_sizer* sizer = create(whole, policy);
    if (!sizer) continue;
    og_sizing* sizing = nullptr;
    og_text* state = nullptr;
    og_error* error = nullptr;
    held(whole, og_sizer_observe_cpu(sizer, 1));
    held(whole, og_sizer_observe_memory(sizer, 1e9));
    held(whole, og_sizer_observe_oom(sizer, 1e9));
    held(whole, og_sizer_recommend(sizer, &sizing, &error));
    og_error_destroy(&error);
    const og_status saved = og_sizer_save(sizer, &state, &error);
    og_error_destroy(&error);
    if (held(whole, saved) && saved == OG_OK) {
      held(whole, og_sizer_restore(sizer, og_text_data(state), &error));
      og_error_destroy(&error);
    }
    og_text_destroy(&state);
    og_sizing_destroy(&sizing);
    og_sizer_destroy(&sizer);
  }
}

static std::function<void()> hot() {
  static og_sizer* vpa = create(true, "vpa");
  static og_sizer* autopilot = create(true, "autopilot");
  return [] {
    for (og_sizer* sizer : {vpa, autopilot}) {
      og_sizer_observe_cpu(sizer, 1);
      og_sizer_observe_memory(sizer, 1e9);
      og_sizer_observe_oom(sizer, 1e9);
    }
  };
}

static const allocation::Register kSizer({"sizer", run, hot});
