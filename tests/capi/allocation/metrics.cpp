// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

static void run(bool whole) {
  og_breaker* breaker = nullptr;
  og_metrics* metrics = nullptr;
  og_text* text = nullptr;
  og_error* error = nullptr;
  held(whole, og_breaker_create(nullptr, nullptr, &breaker, &error));
  og_error_destroy(&error);
  if (held(whole, og_metrics_create(nullptr, &metrics, &error)) && metrics) {
    og_error_destroy(&error);
    if (breaker) held(whole, og_metrics_add_breaker(metrics, "a breaker's name", breaker, &error));
    og_error_destroy(&error);
    int32_t id = og_metrics_histogram(metrics, "jobs_of_all_kinds_seconds", "", "", &error);
    held(whole, id < 0 ? id : OG_OK);
    og_error_destroy(&error);
    held(whole, og_metrics_render(metrics, &text, &error));
    og_error_destroy(&error);
  }
  og_error_destroy(&error);
  og_text_destroy(&text);
  og_metrics_destroy(&metrics);
  og_breaker_destroy(&breaker);
}

static std::function<void()> hot() {
  static og_metrics* metrics = nullptr;
  if (!metrics) og_metrics_create(nullptr, &metrics, nullptr);
  int32_t counter = og_metrics_counter(metrics, "a_total", "", "", nullptr);
  int32_t histogram = og_metrics_histogram(metrics, "a_seconds", "", "", nullptr);
  return [=] {
    og_metrics_increment(metrics, counter, 1);
    og_metrics_observe(metrics, histogram, 1000);
  };
}

static const allocation::Register kMetrics({"metrics", run, hot});
