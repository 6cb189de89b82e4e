// SPDX-License-Identifier: Apache-2.0
#include "outgrow/slo.h"

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "capi/src/place_in.h"
#include "capi/src/reconfigure.h"
#include "core/observe/slo.h"

using namespace og::capi;

static_assert(static_cast<int32_t>(og::SloState::kPage) == OG_SLO_PAGE);
static_assert(static_cast<int32_t>(og::Slo::kLate) == OG_SLO_LATE_EVENTS);

og_status og_slo_create(const og_config* config, const og_clock* clock, og_slo** out,
                        og_error** error) {
  return og_slo_create_in(nullptr, nullptr, config, clock, out, error);
}

og_status og_slo_create_in(const og_scope* scope, const char* name, const og_config* config,
                           const og_clock* clock, og_slo** out, og_error** error) {
  return guard_create_in(scope, name, out, error, [&](const og::Place& place) {
    return og::Slo::create(config_or_empty(config), clock_or_system(clock), place);
  });
}

void og_slo_destroy(og_slo** slo) { destroy(slo); }

og_status og_slo_good(og_slo* slo, int64_t count) {
  return call<og_status>(slo, [&](og_slo& s) { return code(s.slo->good(count)); });
}

og_status og_slo_good_at(og_slo* slo, int64_t count, int64_t now_ns) {
  return call_at<og_status>(slo, now_ns,
                            [&](og_slo& s) { return code(s.slo->good_at(count, now_ns)); });
}

og_status og_slo_bad(og_slo* slo, int64_t count) {
  return call<og_status>(slo, [&](og_slo& s) { return code(s.slo->bad(count)); });
}

og_status og_slo_bad_at(og_slo* slo, int64_t count, int64_t now_ns) {
  return call_at<og_status>(slo, now_ns,
                            [&](og_slo& s) { return code(s.slo->bad_at(count, now_ns)); });
}

og_status og_slo_record(og_slo* slo, int32_t success, int64_t latency_ns) {
  return call<og_status>(slo,
                         [&](og_slo& s) { return code(s.slo->record(success != 0, latency_ns)); });
}

og_status og_slo_record_at(og_slo* slo, int32_t success, int64_t latency_ns, int64_t now_ns) {
  return call_at<og_status>(slo, now_ns, [&](og_slo& s) {
    return code(s.slo->record_at(success != 0, latency_ns, now_ns));
  });
}

double og_slo_burn(const og_slo* slo, int64_t window_ns) {
  return call<double>(slo, [&](const og_slo& s) { return s.slo->burn(window_ns); });
}

double og_slo_burn_at(const og_slo* slo, int64_t window_ns, int64_t now_ns) {
  return call_at<double>(slo, now_ns,
                         [&](const og_slo& s) { return s.slo->burn_at(window_ns, now_ns); });
}

double og_slo_budget_left(const og_slo* slo) {
  return call<double>(slo, [](const og_slo& s) { return s.slo->budget_left(); });
}

double og_slo_budget_left_at(const og_slo* slo, int64_t now_ns) {
  return call_at<double>(slo, now_ns,
                         [&](const og_slo& s) { return s.slo->budget_left_at(now_ns); });
}

int32_t og_slo_state(const og_slo* slo) {
  return call<int32_t>(slo, [](const og_slo& s) { return s.slo->state(); });
}

int32_t og_slo_state_at(const og_slo* slo, int64_t now_ns) {
  return call_at<int32_t>(slo, now_ns, [&](const og_slo& s) { return s.slo->state_at(now_ns); });
}

og_status og_slo_reason(const og_slo* slo, og_text** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_text> {
    if (!slo) return og::fail(og::Status::kNullHandle, "slo is NULL");
    return og_text{slo->slo->reason()};
  });
}

og_status og_slo_reason_at(const og_slo* slo, int64_t now_ns, og_text** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_text> {
    if (!slo) return og::fail(og::Status::kNullHandle, "slo is NULL");
    if (auto valid = check_time(now_ns); !valid) return tl::unexpected(std::move(valid.error()));
    return og_text{slo->slo->reason_at(now_ns)};
  });
}

og_status og_slo_reconfigure(og_slo* slo, const og_config* config, og_error** error) {
  return reconfigure(slo, config, error);
}

int64_t og_slo_stat(const og_slo* slo, int32_t which) {
  return call<int64_t>(slo, [&](const og_slo& s) {
    if (which < 0 || which >= static_cast<int32_t>(og::Slo::kCounts))
      return int64_t{OG_INVALID_ARGUMENT};
    return s.slo->stat(static_cast<og::Slo::Count>(which));
  });
}

og_status og_metrics_add_slo(og_metrics* metrics, const char* name, const og_slo* slo,
                             og_error** error) {
  return add_metrics(metrics, "slo", name, slo, error);
}
