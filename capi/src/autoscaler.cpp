// SPDX-License-Identifier: Apache-2.0
#include "outgrow/autoscaler.h"

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "capi/src/reconfigure.h"
#include "core/scale/autoscaler.h"

using namespace og::capi;

struct og_decision {
  og::ScaleDecision decision;
  char text[og::ScaleDecision::kTextSize];
};

static_assert(static_cast<int32_t>(og::Metric::kErrorRate) == OG_METRIC_ERROR_RATE);
static_assert(static_cast<int32_t>(og::ScaleReason::kHealth) == OG_SCALE_HEALTH);
static_assert(static_cast<int32_t>(og::ScaleAction::kUp) == OG_SCALE_UP);

namespace {

bool known_metric(int32_t metric) {
  return metric >= 0 && metric < static_cast<int32_t>(og::kMetrics);
}

og_status observe_metric(og::Autoscaler& autoscaler, int32_t metric, double value, int64_t now) {
  if (!known_metric(metric)) return OG_INVALID_ARGUMENT;
  return code(autoscaler.observe_at(static_cast<og::Metric>(metric), value, now));
}

int32_t desired(const og::Result<og::ScaleDecision>& decision) {
  return decision ? decision->desired : code(decision.error().code);
}

double rate_or_none(const std::optional<og::Forecast>& forecast) {
  return forecast ? forecast->rate : static_cast<double>(OG_NONE);
}

// Memory first: a decision that was made can always be handed over. find: a Result, or an optional
// where none is no error.
template <class Handle, class Find>
og_status hand_over(Handle* autoscaler, og_decision** out, og_error** error, Find&& find,
                    int64_t now_ns = 0) noexcept {
  if (error) *error = nullptr;
  if (out) *out = nullptr;
  if (!autoscaler) return report(error, og::Status::kNullHandle, "the autoscaler is NULL");
  if (!out) return report(error, og::Status::kInvalidArgument, "out is NULL");
  if (!valid_time(now_ns)) return guard(error, [&] { return check_time(now_ns); });
  using Found = decltype(find(*autoscaler->autoscaler));
  constexpr bool kMayFail = std::is_same_v<Found, og::Result<og::ScaleDecision>>;
  using Answer = std::conditional_t<kMayFail, og::Result<void>, og::Status>;
  return guard(error, [&]() -> Answer {
    auto made = std::make_unique<og_decision>();
    const Found decision = find(*autoscaler->autoscaler);
    if (!decision) {
      if constexpr (kMayFail) {
        return tl::unexpected(decision.error());
      } else {
        return og::Status::kNone;
      }
    }
    made->decision = *decision;
    made->decision.print(made->text);
    *out = made.release();
    return Answer{};
  });
}

template <class R, class F>
R read(const og_decision* decision, F&& f) {
  return call<R>(decision, [&](const og_decision& d) { return f(d.decision); });
}

}  // namespace

og_status og_autoscaler_create(const og_config* config, const og_clock* clock, og_autoscaler** out,
                               og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_autoscaler> {
    auto autoscaler = og::Autoscaler::create(config_or_empty(config), clock_or_system(clock));
    if (!autoscaler) return tl::unexpected(autoscaler.error());
    return og_autoscaler{std::move(*autoscaler)};
  });
}

void og_autoscaler_destroy(og_autoscaler** autoscaler) { destroy(autoscaler); }

og_status og_autoscaler_observe(og_autoscaler* autoscaler, double cpu_utilization,
                                double memory_utilization, double request_rate,
                                double response_time, double error_rate) {
  return call<og_status>(autoscaler, [&](og_autoscaler& a) {
    return a.autoscaler->observe(
        {{cpu_utilization, memory_utilization, request_rate, response_time, error_rate}});
  });
}

og_status og_autoscaler_observe_at(og_autoscaler* autoscaler, double cpu_utilization,
                                   double memory_utilization, double request_rate,
                                   double response_time, double error_rate, int64_t now_ns) {
  return call_at<og_status>(autoscaler, now_ns, [&](og_autoscaler& a) {
    return a.autoscaler->observe_at(
        {{cpu_utilization, memory_utilization, request_rate, response_time, error_rate}}, now_ns);
  });
}

og_status og_autoscaler_observe_metric(og_autoscaler* autoscaler, int32_t metric, double value) {
  return call<og_status>(autoscaler, [&](og_autoscaler& a) {
    return observe_metric(*a.autoscaler, metric, value, a.autoscaler->clock()->now());
  });
}

og_status og_autoscaler_observe_metric_at(og_autoscaler* autoscaler, int32_t metric, double value,
                                          int64_t now_ns) {
  return call_at<og_status>(autoscaler, now_ns, [&](og_autoscaler& a) {
    return observe_metric(*a.autoscaler, metric, value, now_ns);
  });
}

og_status og_autoscaler_observe_named(og_autoscaler* autoscaler, const char* name, double value) {
  return call<og_status>(autoscaler, [&](og_autoscaler& a) {
    if (!name) return og_status{OG_INVALID_ARGUMENT};
    return og_status{code(a.autoscaler->observe_named(name, value))};
  });
}

og_status og_autoscaler_observe_named_at(og_autoscaler* autoscaler, const char* name, double value,
                                         int64_t now_ns) {
  return call_at<og_status>(autoscaler, now_ns, [&](og_autoscaler& a) {
    if (!name) return og_status{OG_INVALID_ARGUMENT};
    return og_status{code(a.autoscaler->observe_named_at(name, value, now_ns))};
  });
}

int64_t og_autoscaler_learn(og_autoscaler* autoscaler, const int64_t* at_ns,
                            const double* request_rates, int64_t count) {
  return call<int64_t>(autoscaler, [&](og_autoscaler& a) -> int64_t {
    if (!valid(at_ns, count) || !valid(request_rates, count)) return OG_INVALID_ARGUMENT;
    const auto n = static_cast<size_t>(count);
    const auto taken = a.autoscaler->learn({at_ns, n}, {request_rates, n});
    return taken ? *taken : code(taken.error().code);
  });
}

int32_t og_autoscaler_decide(og_autoscaler* autoscaler) {
  return call<int32_t>(autoscaler,
                       [](og_autoscaler& a) { return desired(a.autoscaler->decide()); });
}

int32_t og_autoscaler_decide_at(og_autoscaler* autoscaler, int64_t now_ns) {
  return call_at<int32_t>(autoscaler, now_ns, [&](og_autoscaler& a) {
    return desired(a.autoscaler->decide_at(now_ns));
  });
}

int32_t og_autoscaler_instances(const og_autoscaler* autoscaler) {
  return call<int32_t>(autoscaler, [](const og_autoscaler& a) {
    return a.autoscaler->instances().value_or(OG_NONE);
  });
}

og_status og_autoscaler_set_instances(og_autoscaler* autoscaler, int32_t count) {
  return call<og_status>(autoscaler,
                         [&](og_autoscaler& a) { return a.autoscaler->set_instances(count); });
}

og_status og_autoscaler_reconfigure(og_autoscaler* autoscaler, const og_config* config,
                                    og_error** error) {
  return reconfigure(autoscaler, config, error);
}

og_status og_autoscaler_save(const og_autoscaler* autoscaler, og_text** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_text> {
    if (!autoscaler) return og::fail(og::Status::kNullHandle, "the autoscaler is NULL");
    return og_text{autoscaler->autoscaler->save()};
  });
}

og_status og_autoscaler_restore(og_autoscaler* autoscaler, const char* state, og_error** error) {
  return guard(error, [&]() -> og::Result<void> {
    if (!autoscaler) return og::fail(og::Status::kNullHandle, "the autoscaler is NULL");
    if (!state) return og::fail(og::Status::kInvalidArgument, "state is NULL", "state");
    return autoscaler->autoscaler->restore(state);
  });
}

og_status og_autoscaler_set_ready(og_autoscaler* autoscaler, int32_t count) {
  return call<og_status>(autoscaler,
                         [&](og_autoscaler& a) { return a.autoscaler->set_ready(count); });
}

double og_autoscaler_forecast(const og_autoscaler* autoscaler) {
  return call<double>(
      autoscaler, [](const og_autoscaler& a) { return rate_or_none(a.autoscaler->forecast()); });
}

double og_autoscaler_forecast_at(const og_autoscaler* autoscaler, int64_t now_ns) {
  return call_at<double>(autoscaler, now_ns, [&](const og_autoscaler& a) {
    return rate_or_none(a.autoscaler->forecast_at(now_ns));
  });
}

og_status og_autoscaler_explain(og_autoscaler* autoscaler, og_decision** out, og_error** error) {
  return hand_over(autoscaler, out, error, [](og::Autoscaler& a) { return a.decide(); });
}

og_status og_autoscaler_explain_at(og_autoscaler* autoscaler, int64_t now_ns, og_decision** out,
                                   og_error** error) {
  return hand_over(
      autoscaler, out, error, [&](og::Autoscaler& a) { return a.decide_at(now_ns); }, now_ns);
}

og_status og_autoscaler_advise(og_autoscaler* autoscaler, og_decision** out, og_error** error) {
  return hand_over(autoscaler, out, error, [](og::Autoscaler& a) { return a.advise(); });
}

og_status og_autoscaler_advise_at(og_autoscaler* autoscaler, int64_t now_ns, og_decision** out,
                                  og_error** error) {
  return hand_over(
      autoscaler, out, error, [&](og::Autoscaler& a) { return a.advise_at(now_ns); }, now_ns);
}

int64_t og_autoscaler_history_first(const og_autoscaler* autoscaler) {
  return call<int64_t>(autoscaler,
                       [](const og_autoscaler& a) { return a.autoscaler->history_first(); });
}

int64_t og_autoscaler_history_end(const og_autoscaler* autoscaler) {
  return call<int64_t>(autoscaler,
                       [](const og_autoscaler& a) { return a.autoscaler->history_end(); });
}

og_status og_autoscaler_history(const og_autoscaler* autoscaler, int64_t sequence,
                                og_decision** out, og_error** error) {
  return hand_over(autoscaler, out, error,
                   [&](const og::Autoscaler& a) { return a.history(sequence); });
}

void og_decision_destroy(og_decision** decision) { destroy(decision); }

int64_t og_decision_sequence(const og_decision* decision) {
  return read<int64_t>(decision, [](const auto& d) { return d.sequence; });
}
int64_t og_decision_at(const og_decision* decision) {
  return read<int64_t>(decision, [](const auto& d) { return d.at; });
}
int32_t og_decision_previous(const og_decision* decision) {
  return read<int32_t>(decision, [](const auto& d) { return d.previous; });
}
int32_t og_decision_desired(const og_decision* decision) {
  return read<int32_t>(decision, [](const auto& d) { return d.desired; });
}
int32_t og_decision_action(const og_decision* decision) {
  return read<int32_t>(decision, [](const auto& d) { return d.action(); });
}
int32_t og_decision_reason(const og_decision* decision) {
  return read<int32_t>(decision, [](const auto& d) { return d.reason; });
}
int32_t og_decision_metric(const og_decision* decision) {
  return read<int32_t>(
      decision, [](const auto& d) { return d.metric ? static_cast<int32_t>(*d.metric) : OG_NONE; });
}
const char* og_decision_metric_name(const og_decision* decision) {
  return decision ? decision->decision.metric_text() : "";
}
double og_decision_value(const og_decision* decision) {
  return read<double>(decision, [](const auto& d) { return d.value; });
}
double og_decision_threshold(const og_decision* decision) {
  return read<double>(decision, [](const auto& d) { return d.threshold; });
}
int32_t og_decision_reactive(const og_decision* decision) {
  return read<int32_t>(decision, [](const auto& d) { return d.reactive; });
}
int32_t og_decision_predicted(const og_decision* decision) {
  return read<int32_t>(decision,
                       [](const auto& d) { return d.predicted < 0 ? OG_NONE : d.predicted; });
}
double og_decision_forecast(const og_decision* decision) {
  return read<double>(decision, [](const auto& d) { return d.forecast; });
}
const char* og_decision_text(const og_decision* decision) { return decision ? decision->text : ""; }

const char* og_scale_metric_name(int32_t metric) {
  return known_metric(metric) ? og::metric_name(static_cast<og::Metric>(metric)) : "";
}
const char* og_scale_reason_name(int32_t reason) {
  const bool known = reason >= OG_SCALE_STEADY && reason <= OG_SCALE_HEALTH;
  return known ? og::reason_name(static_cast<og::ScaleReason>(reason)) : "";
}
const char* og_scale_action_name(int32_t action) {
  const bool known = action >= OG_SCALE_DOWN && action <= OG_SCALE_UP;
  return known ? og::action_name(static_cast<og::ScaleAction>(action)) : "";
}

og_status og_metrics_add_autoscaler(og_metrics* metrics, const char* name,
                                    const og_autoscaler* autoscaler, og_error** error) {
  return add_metrics(metrics, "autoscaler", name, autoscaler, error);
}
