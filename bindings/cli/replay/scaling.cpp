// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/replay/scaling.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "bindings/cli/replay/fleet.h"
#include "bindings/cli/replay/handle.h"
#include "bindings/cli/replay/library_options.h"

namespace og::cli {
namespace {

using AutoscalerHandle = Handle<og_autoscaler, &og_autoscaler_destroy>;
using DecisionHandle = Handle<og_decision, &og_decision_destroy>;

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr std::size_t kChangesKept = 1000;

double load_of(const Slice& slice, int64_t width_s, double growth, const ServiceTime& model) {
  const double work_ms = slice.work_ms + slice.logged_ms / model.in_flight;
  return work_ms * growth / (static_cast<double>(width_s) * 1000);
}

// An autoscaler at the head of a fleet that it alone orders.
class Scaled {
 public:
  Scaled(AutoscalerHandle autoscaler, const ServiceTime& model)
      : autoscaler_(std::move(autoscaler)),
        model_(model),
        fleet_(og_autoscaler_instances(autoscaler_.get()),
               static_cast<int64_t>(std::ceil(model.start_ms / 1000))) {}

  int32_t served_by() const { return served_by_; }  // instances, in the slice lived through last
  const Provisioning& result() const { return result_; }
  int64_t changes() const { return changes_; }
  std::vector<ScaleChange> take_changes() { return std::move(kept_); }
  std::vector<NamedCount> reasons() const {
    std::vector<NamedCount> all;
    for (const auto& [reason, count] : reasons_) all.push_back({reason, count});
    return all;
  }

  // The slice that ends at end_s: what it cost, what was seen, what is decided.
  Result<void> live_through(const Slice& slice, int64_t width_s, int64_t end_s, double growth) {
    fleet_.advance(end_s - width_s);
    const double load = load_of(slice, width_s, growth, model_);
    served_by_ = fleet_.serving();
    const double serving = served_by_;
    const bool overloaded = load > serving * (1 + 1e-9);
    if (overloaded) result_.overloaded_minutes += static_cast<double>(width_s) / 60;
    result_.instance_hours += fleet_.ordered() * static_cast<double>(width_s) / 3600;
    result_.peak = std::max<int64_t>(result_.peak, fleet_.ordered());

    const double utilization = std::min(1.0, load / serving);
    double latency_ms = overloaded ? model_.timeout_ms : 0;
    if (!overloaded && slice.served > 0) {
      const double modelled_ms = slice.work_ms > 0 ? slice.work_ms / (1 - utilization) : 0;
      latency_ms = std::min(model_.timeout_ms, (modelled_ms + slice.logged_ms) / slice.served);
    }
    const double minutes = static_cast<double>(width_s) / 60;
    const double error_percent =
        slice.served > 0 ? 100.0 * slice.errors / static_cast<double>(slice.served) : 0;
    og_status status = og_autoscaler_set_ready(autoscaler_.get(), fleet_.serving());
    if (status == OG_OK) {
      status = og_autoscaler_observe_at(autoscaler_.get(), 100 * utilization, model_.memory_percent,
                                        slice.requests * growth / minutes, latency_ms,
                                        error_percent, end_s * kSecondNs);
    }
    if (status != OG_OK) return fail(std::string("the autoscaler: ") + og_status_text(status));
    return decide(end_s);
  }

 private:
  Result<void> decide(int64_t now_s) {
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
        kept_.push_back({now_s, og_decision_previous(made), og_decision_desired(made), reason,
                         metric, og_decision_text(made)});
      }
    }
    fleet_.order(og_decision_desired(made), now_s);
    return {};
  }

  AutoscalerHandle autoscaler_;
  const ServiceTime& model_;
  Fleet fleet_;
  Provisioning result_;
  int32_t served_by_ = 0;
  int64_t changes_ = 0;
  std::vector<ScaleChange> kept_;
  std::map<std::string, int64_t> reasons_;
};

Result<Scaled> make_scaled(const ReplaySettings& settings, const NounOptions& options,
                           int64_t start_s) {
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
    const std::string least = option_value(settings, "autoscaler", "min_instances");
    og_autoscaler_set_instances(autoscaler->get(), static_cast<int32_t>(std::stol(least)));
  }
  return Scaled(std::move(*autoscaler), settings.service_time);
}

// The tutorial's rule within the same limits.
NounOptions step_rule(const NounOptions& ours) {
  NounOptions options{{"policy", "step", 0}};
  for (const NounOption& option : ours) {
    if (option.key == "min_instances" || option.key == "max_instances" ||
        option.key == "initial_instances") {
      options.push_back(option);
    }
  }
  return options;
}

}  // namespace

Result<void> replay_scaling(const ReplaySettings& settings, Summary& summary) {
  const Timeline& timeline = summary.timeline;
  const int64_t width_s = timeline.width_s();
  const ServiceTime& model = settings.service_time;
  auto& out = summary.autoscaler;

  double busiest = 0;
  for (const Slice& slice : timeline.slices())
    busiest = std::max(busiest, load_of(slice, width_s, 1, model));
  out.growth = model.growth;
  if (out.growth == 0) out.growth = busiest > 0 ? std::max(1.0, model.peak_instances / busiest) : 1;

  const NounOptions& options = settings.nouns.at("autoscaler");
  auto ours = make_scaled(settings, options, timeline.start_s());
  if (!ours) return tl::unexpected(ours.error());
  auto step = make_scaled(settings, step_rule(options), timeline.start_s());
  if (!step) return tl::unexpected(step.error());

  out.course.reserve(timeline.slices().size());
  int64_t end_s = timeline.start_s();
  for (const Slice& slice : timeline.slices()) {
    end_s += width_s;
    if (auto done = ours->live_through(slice, width_s, end_s, out.growth); !done) return done;
    if (auto done = step->live_through(slice, width_s, end_s, out.growth); !done) return done;
    out.course.push_back({end_s - width_s, load_of(slice, width_s, out.growth, model),
                          ours->served_by(), step->served_by()});
  }
  const double hours = static_cast<double>(end_s - timeline.start_s()) / 3600;
  // Rounded up, but not for the last bit of a load that growth made a whole number.
  const double peak = std::clamp(std::ceil(busiest * out.growth - 1e-9), 1.0, 1e15);
  out.fixed.peak = static_cast<int64_t>(peak);
  out.fixed.instance_hours = peak * hours;
  out.ours = ours->result();
  out.step_rule = step->result();
  out.policy = option_value(settings, "autoscaler", "policy");
  out.predictor = option_value(settings, "autoscaler", "predictor");
  out.decisions = ours->changes();
  out.reasons = ours->reasons();
  out.changes = ours->take_changes();
  out.evaluations = static_cast<int64_t>(timeline.slices().size());
  return {};
}

}  // namespace og::cli
