// SPDX-License-Identifier: Apache-2.0
#include "outgrow/concurrency.h"

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "capi/src/place_in.h"
#include "capi/src/reconfigure.h"
#include "capi/src/refusal.h"
#include "core/guard/concurrency.h"

using namespace og::capi;
using Count = og::ConcurrencyLimiter::Count;

static_assert(static_cast<int32_t>(Count::kAdmitted) == OG_CONCURRENCY_ADMITTED);
static_assert(static_cast<int32_t>(Count::kRefused) == OG_CONCURRENCY_REFUSED);
static_assert(static_cast<int32_t>(Count::kLapsed) == OG_CONCURRENCY_LAPSED);
static_assert(static_cast<int32_t>(Count::kExpired) == OG_CONCURRENCY_EXPIRED);
static_assert(static_cast<int32_t>(Count::kOrphaned) == OG_CONCURRENCY_ORPHANED);

og_status og_concurrency_create(const og_config* config, const og_clock* clock,
                                og_concurrency** out, og_error** error) {
  return og_concurrency_create_in(nullptr, nullptr, config, clock, out, error);
}

og_status og_concurrency_create_in(const og_scope* scope, const char* name, const og_config* config,
                                   const og_clock* clock, og_concurrency** out, og_error** error) {
  return guard_create_in(scope, name, out, error, [&](const og::Place& place) {
    return og::ConcurrencyLimiter::create(config_or_empty(config), clock_or_system(clock), place);
  });
}

void og_concurrency_destroy(og_concurrency** concurrency) { destroy(concurrency); }

int64_t og_concurrency_enter(og_concurrency* concurrency) {
  return call<int64_t>(concurrency, [](og_concurrency& c) { return c.limiter->enter(); });
}

int64_t og_concurrency_enter_at(og_concurrency* concurrency, int64_t now_ns) {
  return call_at<int64_t>(concurrency, now_ns,
                          [&](og_concurrency& c) { return c.limiter->enter_at(now_ns); });
}

og_status og_concurrency_exit(og_concurrency* concurrency, int64_t permit) {
  return call<og_status>(concurrency, [&](og_concurrency& c) { return c.limiter->exit(permit); });
}

og_status og_concurrency_exit_at(og_concurrency* concurrency, int64_t permit, int64_t now_ns) {
  return call_at<og_status>(concurrency, now_ns,
                            [&](og_concurrency& c) { return c.limiter->exit_at(permit, now_ns); });
}

int64_t og_concurrency_in_flight(const og_concurrency* concurrency) {
  return call<int64_t>(concurrency, [](const og_concurrency& c) { return c.limiter->in_flight(); });
}

int64_t og_concurrency_in_flight_at(const og_concurrency* concurrency, int64_t now_ns) {
  return call_at<int64_t>(concurrency, now_ns,
                          [&](const og_concurrency& c) { return c.limiter->in_flight_at(now_ns); });
}

og_status og_concurrency_refusal(const og_concurrency* concurrency, og_text** out,
                                 og_error** error) {
  return refusal(concurrency, 0, out, error,
                 [](const og_concurrency& c) { return c.limiter->refusal(); });
}

int64_t og_concurrency_limit(const og_concurrency* concurrency) {
  return call<int64_t>(concurrency, [](const og_concurrency& c) { return c.limiter->limit(); });
}

og_status og_concurrency_reconfigure(og_concurrency* concurrency, const og_config* config,
                                     og_error** error) {
  return reconfigure(concurrency, config, error);
}

int64_t og_concurrency_stat(const og_concurrency* concurrency, int32_t which) {
  return call<int64_t>(concurrency, [&](const og_concurrency& c) -> int64_t {
    if (which < 0 || which >= static_cast<int32_t>(Count::kCounts)) return OG_INVALID_ARGUMENT;
    return c.limiter->stat(static_cast<Count>(which));
  });
}

og_status og_metrics_add_concurrency(og_metrics* metrics, const char* name,
                                     const og_concurrency* concurrency, og_error** error) {
  return add_metrics(metrics, "concurrency limiter", name, concurrency, error);
}
