// SPDX-License-Identifier: Apache-2.0
#include "outgrow/metrics.h"

#include "capi/src/guard.h"
#include "capi/src/place_in.h"
#include "core/observe/metrics.h"

using namespace og::capi;

namespace {

int32_t define(og_metrics* metrics, og::OwnSeries::Kind kind, const char* name, const char* help,
               const char* instance, og_error** error) {
  if (!metrics) return report(error, og::Status::kNullHandle, "metrics is NULL");
  if (!name) return report(error, og::Status::kInvalidArgument, "name is NULL");
  int32_t id = 0;
  og_status status = guard(error, [&]() -> og::Result<void> {
    auto made =
        metrics->metrics->own().define(kind, name, help ? help : "", instance ? instance : "");
    if (!made) return tl::unexpected(made.error());
    id = *made;
    return {};
  });
  return status == OG_OK ? id : status;
}

}  // namespace

og_status og_metrics_create(const og_config* config, og_metrics** out, og_error** error) {
  return og_metrics_create_in(nullptr, nullptr, config, out, error);
}

og_status og_metrics_create_in(const og_scope* scope, const char* name, const og_config* config,
                               og_metrics** out, og_error** error) {
  return guard_create_in(scope, name, out, error, [&](const og::Place& place) {
    return og::Metrics::create(config_or_empty(config), place);
  });
}

void og_metrics_destroy(og_metrics** metrics) { destroy(metrics); }

int64_t og_metrics_remove(og_metrics* metrics, const char* name) {
  return call<int64_t>(metrics, [&](og_metrics& m) -> int64_t {
    if (!name) return OG_INVALID_ARGUMENT;
    return m.metrics->remove(name);
  });
}

int32_t og_metrics_counter(og_metrics* metrics, const char* name, const char* help,
                           const char* instance, og_error** error) {
  return define(metrics, og::OwnSeries::Kind::kCounter, name, help, instance, error);
}

int32_t og_metrics_gauge(og_metrics* metrics, const char* name, const char* help,
                         const char* instance, og_error** error) {
  return define(metrics, og::OwnSeries::Kind::kGauge, name, help, instance, error);
}

int32_t og_metrics_histogram(og_metrics* metrics, const char* name, const char* help,
                             const char* instance, og_error** error) {
  return define(metrics, og::OwnSeries::Kind::kHistogram, name, help, instance, error);
}

og_status og_metrics_increment(og_metrics* metrics, int32_t counter, int64_t by) {
  return call<og_status>(metrics,
                         [&](og_metrics& m) { return m.metrics->own().increment(counter, by); });
}

og_status og_metrics_set(og_metrics* metrics, int32_t gauge, double value) {
  return call<og_status>(metrics,
                         [&](og_metrics& m) { return m.metrics->own().set(gauge, value); });
}

og_status og_metrics_observe(og_metrics* metrics, int32_t histogram, int64_t ns) {
  return call<og_status>(metrics,
                         [&](og_metrics& m) { return m.metrics->own().observe(histogram, ns); });
}

og_status og_metrics_publish(og_metrics* metrics) {
  return call<og_status>(metrics, [](og_metrics& m) { return m.metrics->publish(); });
}

og_status og_metrics_render(const og_metrics* metrics, og_text** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_text> {
    if (!metrics) return og::fail(og::Status::kNullHandle, "metrics is NULL");
    return og_text{metrics->metrics->render()};
  });
}
