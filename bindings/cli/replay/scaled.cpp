// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/replay/scaled.h"

#include <algorithm>
#include <cmath>

#include "bindings/cli/replay/library_options.h"

namespace og::cli {
namespace {

using DecisionHandle = Handle<og_decision, &og_decision_destroy>;

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr std::size_t kChangesKept = 1000;

}  // namespace

Result<Scaled> Scaled::create(const ReplaySettings& settings, const NounOptions& options,
                              int64_t start_s, int64_t width_s) {
  og_clock* made = nullptr;
  if (og_clock_create_manual(std::max<int64_t>(0, start_s) * kSecondNs, &made, nullptr) != OG_OK) {
    return fail("out of memory");
  }
  const ClockHandle clock(made);
  auto autoscaler = make_noun<AutoscalerHandle>(
      settings, "autoscaler", options,
      [&](const og_config* config, og_autoscaler** out, og_error** error) {
        return og_autoscaler_create(config, clock.get(), out, error);
      });
  if (!autoscaler) return tl::unexpected(autoscaler.error());
  if (og_autoscaler_instances(autoscaler->get()) ==
      OG_NONE) {  // the fleet begins as small as it may be
    const auto given = std::find_if(options.rbegin(), options.rend(), [](const NounOption& option) {
      return option.key == "min_instances";
    });
    const std::string least = given != options.rend()
                                  ? given->value
                                  : option_value(settings, "autoscaler", "min_instances");
    og_autoscaler_set_instances(autoscaler->get(), static_cast<int32_t>(std::stol(least)));
  }
  return Scaled(std::move(*autoscaler), settings.service_time, width_s);
}

Scaled::Scaled(AutoscalerHandle autoscaler, const ServiceTime& model, int64_t width_s)
    : autoscaler_(std::move(autoscaler)),
      model_(model),
      width_s_(width_s),
      score_(static_cast<double>(width_s), model.timeout_ms / 1000),
      fleet_(og_autoscaler_instances(autoscaler_.get()),
             static_cast<int64_t>(std::ceil(model.start_ms / 1000))) {}

void Scaled::begin_new_bill() {
  score_ = Score(static_cast<double>(width_s_), model_.timeout_ms / 1000);
}

std::vector<NamedCount> Scaled::reasons() const {
  std::vector<NamedCount> all;
  for (const auto& [reason, count] : reasons_) all.push_back({reason, count});
  return all;
}

Result<void> Scaled::live_through(const Slice& slice, double load, double requests, int64_t end_s) {
  fleet_.advance(end_s - width_s_);
  served_by_ = fleet_.serving();
  const SliceServed served = score_.add(load, fleet_.ordered(), served_by_);
  overloaded_ = served.overloaded;

  const double width_s = static_cast<double>(width_s_);
  const double utilization = std::min(1.0, served.served / (served_by_ * width_s));
  double latency_ms = overloaded_ ? model_.timeout_ms : 0;
  if (!overloaded_ && slice.served > 0) {
    const double modelled_ms = slice.work_ms > 0 ? slice.work_ms / (1 - utilization) : 0;
    latency_ms = std::min(model_.timeout_ms, (modelled_ms + slice.logged_ms) / slice.served);
  }
  const double error_percent =
      slice.served > 0 ? 100.0 * slice.errors / static_cast<double>(slice.served) : 0;
  og_status status = og_autoscaler_set_ready(autoscaler_.get(), fleet_.serving());
  if (status == OG_OK) {
    status = og_autoscaler_observe_at(autoscaler_.get(), 100 * utilization, model_.memory_percent,
                                      requests / (width_s / 60), latency_ms, error_percent,
                                      end_s * kSecondNs);
  }
  if (status != OG_OK) return fail(std::string("the autoscaler: ") + og_status_text(status));
  return decide(end_s);
}

Result<void> Scaled::decide(int64_t now_s) {
  og_decision* made = nullptr;
  og_error* error = nullptr;
  const og_status status =
      og_autoscaler_explain_at(autoscaler_.get(), now_s * kSecondNs, &made, &error);
  const DecisionHandle decision(made);
  const ErrorHandle owned(error);
  if (status != OG_OK) return fail(std::string("the autoscaler: ") + og_error_message(error));
  if (og_decision_action(made) != OG_SCALE_HOLD) {
    ++changes_;
    const std::string reason = og_scale_reason_name(og_decision_reason(made));
    const std::string metric = og_scale_metric_name(og_decision_metric(made));
    ++reasons_[og_decision_reason(made) == OG_SCALE_OVER_THRESHOLD ? reason + ": " + metric
                                                                   : reason];
    if (kept_.size() < kChangesKept) {
      kept_.push_back({now_s, og_decision_previous(made), og_decision_desired(made), reason, metric,
                       og_decision_text(made)});
    }
  }
  fleet_.order(og_decision_desired(made), now_s);
  return {};
}

}  // namespace og::cli
