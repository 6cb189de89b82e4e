// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include <cstdlib>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

static og_autoscaler* create(bool whole, const char* predictor) {
  og_config* config = nullptr;
  og_clock* clock = nullptr;
  og_autoscaler* autoscaler = nullptr;
  og_error* error = nullptr;
  held(whole, og_clock_create_manual(0, &clock, &error));
  og_error_destroy(&error);
  og_status set = og_config_create(&config, nullptr);
  if (set == OG_OK) set = og_config_set(config, "predictor", predictor);
  if (set == OG_OK) set = og_config_set_int(config, "initial_instances", 1);
  held(whole, set);
  // One without its options does not know how many instances run.
  if (set == OG_OK) held(whole, og_autoscaler_create(config, clock, &autoscaler, &error));
  og_error_destroy(&error);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
  return autoscaler;
}

static void run(bool whole) {
  for (const char* predictor : {"none", "linear", "seasonal"}) {
    og_autoscaler* autoscaler = create(whole, predictor);
    if (!autoscaler) continue;
    og_decision* decision = nullptr;
    og_error* error = nullptr;
    og_autoscaler_observe_at(autoscaler, 140, 50, 100, 10, 0, 1);
    og_status status = og_autoscaler_explain_at(autoscaler, 1, &decision, &error);
    held(whole, status);
    // A decision that cannot be handed over was not made.
    if (og_autoscaler_instances(autoscaler) != (status == OG_OK ? 2 : 1)) std::abort();
    og_decision_destroy(&decision);
    og_error_destroy(&error);
    if (status == OG_OK) held(whole, og_autoscaler_history(autoscaler, 0, &decision, &error));
    og_decision_destroy(&decision);
    og_error_destroy(&error);
    const int32_t count = og_autoscaler_instances(autoscaler);
    held(whole, og_autoscaler_advise_at(autoscaler, 2, &decision, &error));
    if (og_autoscaler_instances(autoscaler) != count) std::abort();
    og_error_destroy(&error);
    og_text* text = nullptr;
    const og_status saved = og_autoscaler_save(autoscaler, &text, &error);
    held(whole, saved);
    if (saved == OG_OK) held(whole, og_autoscaler_restore(autoscaler, og_text_data(text), &error));
    if (og_autoscaler_instances(autoscaler) != count) std::abort();
    og_text_destroy(&text);
    og_decision_destroy(&decision);
    og_error_destroy(&error);
    og_autoscaler_destroy(&autoscaler);
  }
}

static std::function<void()> hot() {
  static og_autoscaler* autoscaler = create(true, "seasonal");
  return [] {
    for (int64_t minute = 1; minute < 3000; ++minute) {
      og_autoscaler_observe_at(autoscaler, 50, 50, 100, 10, 0, minute * 60'000'000'000);
      og_autoscaler_decide_at(autoscaler, minute * 60'000'000'000);
      og_autoscaler_forecast_at(autoscaler, minute * 60'000'000'000);
    }
  };
}

static const allocation::Register kAutoscaler({"autoscaler", run, hot});
