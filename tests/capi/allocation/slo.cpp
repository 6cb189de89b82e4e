// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

static void run(bool whole) {
  og_slo* slo = nullptr;
  og_text* text = nullptr;
  og_error* error = nullptr;
  if (held(whole, og_slo_create(nullptr, nullptr, &slo, &error)) && slo) {
    og_slo_bad(slo, 10);
    held(whole, og_slo_reason(slo, &text, &error));
  }
  og_error_destroy(&error);
  og_text_destroy(&text);
  og_slo_destroy(&slo);
}

static std::function<void()> hot() {
  static og_slo* slo = nullptr;
  if (!slo) og_slo_create(nullptr, nullptr, &slo, nullptr);
  return [] {
    og_slo_good(slo, 1);
    og_slo_bad(slo, 1);
    og_slo_record(slo, 1, 1);
    og_slo_burn(slo, 3'600'000'000'000);
    og_slo_state(slo);
    og_slo_budget_left(slo);
  };
}

static const allocation::Register kSlo({"slo", run, hot});
