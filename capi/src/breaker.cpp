// SPDX-License-Identifier: Apache-2.0
#include "outgrow/breaker.h"

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "capi/src/place_in.h"
#include "capi/src/reconfigure.h"
#include "capi/src/refusal.h"
#include "core/guard/breaker.h"

using namespace og::capi;

static_assert(static_cast<int32_t>(og::BreakerState::kForcedClosed) == OG_BREAKER_FORCED_CLOSED);

og_status og_breaker_create(const og_config* config, const og_clock* clock, og_breaker** out,
                            og_error** error) {
  return og_breaker_create_in(nullptr, nullptr, config, clock, out, error);
}

og_status og_breaker_create_in(const og_scope* scope, const char* name, const og_config* config,
                               const og_clock* clock, og_breaker** out, og_error** error) {
  return guard_create_in(scope, name, out, error, [&](const og::Place& place) {
    return og::Breaker::create(config_or_empty(config), clock_or_system(clock), place);
  });
}

void og_breaker_destroy(og_breaker** breaker) { destroy(breaker); }

int64_t og_breaker_enter(og_breaker* breaker) {
  return call<int64_t>(breaker, [](og_breaker& b) { return b.breaker->enter(); });
}

int64_t og_breaker_enter_at(og_breaker* breaker, int64_t now_ns) {
  return call_at<int64_t>(breaker, now_ns,
                          [&](og_breaker& b) { return b.breaker->enter_at(now_ns); });
}

og_status og_breaker_exit(og_breaker* breaker, int64_t permit, int32_t success) {
  return call<og_status>(breaker,
                         [&](og_breaker& b) { return b.breaker->exit(permit, success != 0); });
}

og_status og_breaker_exit_at(og_breaker* breaker, int64_t permit, int32_t success, int64_t now_ns) {
  return call_at<og_status>(breaker, now_ns, [&](og_breaker& b) {
    return b.breaker->exit_at(permit, success != 0, now_ns);
  });
}

og_status og_breaker_cancel(og_breaker* breaker, int64_t permit) {
  return call<og_status>(breaker, [&](og_breaker& b) { return b.breaker->cancel(permit); });
}

og_status og_breaker_cancel_at(og_breaker* breaker, int64_t permit, int64_t now_ns) {
  return call_at<og_status>(breaker, now_ns,
                            [&](og_breaker& b) { return b.breaker->cancel_at(permit, now_ns); });
}

int32_t og_breaker_state(const og_breaker* breaker) {
  return call<int32_t>(breaker, [](const og_breaker& b) { return b.breaker->state(); });
}

int64_t og_breaker_retry_after(const og_breaker* breaker) {
  return call<int64_t>(breaker, [](const og_breaker& b) { return b.breaker->retry_after(); });
}

int64_t og_breaker_retry_after_at(const og_breaker* breaker, int64_t now_ns) {
  return call_at<int64_t>(breaker, now_ns,
                          [&](const og_breaker& b) { return b.breaker->retry_after_at(now_ns); });
}

og_status og_breaker_refusal(const og_breaker* breaker, int64_t wait_ns, og_text** out,
                             og_error** error) {
  return refusal(breaker, wait_ns, out, error,
                 [&](const og_breaker& b) { return b.breaker->refusal(wait_ns); });
}

int64_t og_breaker_transitions(const og_breaker* breaker) {
  return call<int64_t>(breaker, [](const og_breaker& b) { return b.breaker->transitions(); });
}

og_status og_breaker_reconfigure(og_breaker* breaker, const og_config* config, og_error** error) {
  return reconfigure(breaker, config, error);
}

og_status og_breaker_force_open(og_breaker* breaker) {
  return call<og_status>(breaker, [](og_breaker& b) { return b.breaker->force_open(), OG_OK; });
}

og_status og_breaker_force_closed(og_breaker* breaker) {
  return call<og_status>(breaker, [](og_breaker& b) { return b.breaker->force_closed(), OG_OK; });
}

og_status og_breaker_reset(og_breaker* breaker) {
  return call<og_status>(breaker, [](og_breaker& b) { return b.breaker->reset(), OG_OK; });
}

og_status og_metrics_add_breaker(og_metrics* metrics, const char* name, const og_breaker* breaker,
                                 og_error** error) {
  return add_metrics(metrics, "breaker", name, breaker, error);
}
