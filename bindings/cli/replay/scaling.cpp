// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/replay/scaling.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "bindings/cli/provisioning/rivals.h"
#include "bindings/cli/provisioning/superposition.h"
#include "bindings/cli/replay/fleet.h"
#include "bindings/cli/replay/handle.h"
#include "bindings/cli/replay/library_options.h"

namespace og::cli {
namespace {

using AutoscalerHandle = Handle<og_autoscaler, &og_autoscaler_destroy>;
using DecisionHandle = Handle<og_decision, &og_decision_destroy>;

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr std::size_t kChangesKept = 1000;

constexpr std::size_t kMostConstants = 32;  // rows of fixed numbers

double load_of(const Slice& slice, int64_t width_s, const ServiceTime& model) {
  const double work_ms = slice.work_ms + slice.logged_ms / model.in_flight;
  return work_ms / (static_cast<double>(width_s) * 1000);
}

// What each slice of the grown log brings: instances that it fills, and requests.
struct GrownLog {
  std::vector<double> loads;
  std::vector<double> requests;
};

// The mean load of the busiest minute, or slice where these are longer.
double busiest_minute(const std::vector<double>& loads, int64_t width_s) {
  const std::size_t group = static_cast<std::size_t>(std::max<int64_t>(1, 60 / width_s));
  double most = 0;
  for (std::size_t at = 0; at < loads.size(); at += group) {
    double sum = 0;
    for (std::size_t i = at; i < std::min(at + group, loads.size()); ++i) sum += loads[i];
    most = std::max(most, sum / static_cast<double>(group));
  }
  return most;
}

// An autoscaler at the head of a fleet that it alone orders.
class Scaled {
 public:
  Scaled(AutoscalerHandle autoscaler, const ServiceTime& model, int64_t width_s)
      : autoscaler_(std::move(autoscaler)),
        model_(model),
        width_s_(width_s),
        score_(static_cast<double>(width_s), model.timeout_ms / 1000),
        fleet_(og_autoscaler_instances(autoscaler_.get()),
               static_cast<int64_t>(std::ceil(model.start_ms / 1000))) {}

  int32_t served_by() const { return served_by_; }  // instances, in the slice lived through last
  int32_t ordered() const { return fleet_.ordered(); }
  bool overloaded() const { return overloaded_; }  // likewise
  Provisioning result() const { return score_.result(); }
  int64_t changes() const { return changes_; }
  std::vector<ScaleChange> take_changes() { return std::move(kept_); }
  std::vector<NamedCount> reasons() const {
    std::vector<NamedCount> all;
    for (const auto& [reason, count] : reasons_) all.push_back({reason, count});
    return all;
  }

  // The slice that ends at end_s: what it cost, what was seen, what is decided.
  Result<void> live_through(const Slice& slice, double load, double requests, int64_t end_s) {
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
  int64_t width_s_;
  Score score_;
  Fleet fleet_;
  int32_t served_by_ = 0;
  bool overloaded_ = false;
  int64_t changes_ = 0;
  std::vector<ScaleChange> kept_;
  std::map<std::string, int64_t> reasons_;
};

Result<Scaled> make_scaled(const ReplaySettings& settings, const NounOptions& options,
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
    const std::string least = option_value(settings, "autoscaler", "min_instances");
    og_autoscaler_set_instances(autoscaler->get(), static_cast<int32_t>(std::stol(least)));
  }
  return Scaled(std::move(*autoscaler), settings.service_time, width_s);
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

int32_t limit_of(const ReplaySettings& settings, const char* key) {
  return static_cast<int32_t>(std::stol(option_value(settings, "autoscaler", key)));
}

// Those that need no library: each over the same loads.
void add_rivals(const ReplaySettings& settings, const Course& course, int32_t initial, Ways& ways,
                std::vector<LoadPoint>& points) {
  HpaOptions options;
  options.min_instances = limit_of(settings, "min_instances");
  options.max_instances = limit_of(settings, "max_instances");
  ways.foresight = with_foresight(course);
  HpaPlayed hpa = with_hpa(course, options, initial);
  ways.hpa = hpa.bill;
  for (std::size_t i = 0; i < points.size(); ++i) points[i].hpa = hpa.serving[i];
  const int64_t peak = instances_for(busiest_minute(course.loads, course.width_s));
  ways.fixed = with_constant(course, peak);
  const auto step =
      (peak + static_cast<int64_t>(kMostConstants) - 1) / static_cast<int64_t>(kMostConstants);
  for (int64_t n = step; n <= peak; n += step) ways.constants.push_back(with_constant(course, n));
}

struct Played {
  Ways ways;
  int64_t decisions = 0;
  std::vector<NamedCount> reasons;
  std::vector<ScaleChange> changes;
  std::vector<LoadPoint> points;
};

Result<Played> play(const ReplaySettings& settings, const Timeline& timeline,
                    const GrownLog& grown) {
  const int64_t width_s = timeline.width_s();
  const ServiceTime& model = settings.service_time;
  const NounOptions& options = settings.nouns.at("autoscaler");
  auto ours = make_scaled(settings, options, timeline.start_s(), width_s);
  if (!ours) return tl::unexpected(ours.error());
  auto step = make_scaled(settings, step_rule(options), timeline.start_s(), width_s);
  if (!step) return tl::unexpected(step.error());
  const int32_t initial = ours->ordered();

  Played played;
  played.points.reserve(grown.loads.size());
  int64_t end_s = timeline.start_s();
  for (std::size_t i = 0; i < grown.loads.size(); ++i) {
    const Slice& slice = timeline.slices()[i];
    end_s += width_s;
    for (Scaled* one : {&*ours, &*step}) {
      auto done = one->live_through(slice, grown.loads[i], grown.requests[i], end_s);
      if (!done) return tl::unexpected(done.error());
    }
    played.points.push_back({end_s - width_s, grown.loads[i], ours->overloaded(), ours->served_by(),
                             step->served_by(), 0});
  }
  played.ways.ours = ours->result();
  played.ways.step_rule = step->result();
  const Course course{grown.loads, width_s, static_cast<int64_t>(std::ceil(model.start_ms / 1000)),
                      model.timeout_ms / 1000};
  add_rivals(settings, course, initial, played.ways, played.points);
  played.decisions = ours->changes();
  played.reasons = ours->reasons();
  played.changes = ours->take_changes();
  return played;
}

}  // namespace

Result<void> replay_scaling(const ReplaySettings& settings, Summary& summary) {
  const Timeline& timeline = summary.timeline;
  const int64_t width_s = timeline.width_s();
  const ServiceTime& model = settings.service_time;
  auto& out = summary.autoscaler;

  std::vector<double> loads, requests;
  for (const Slice& slice : timeline.slices()) {
    loads.push_back(load_of(slice, width_s, model));
    requests.push_back(slice.requests);
  }
  const double busiest = busiest_minute(loads, width_s);
  out.growth = model.growth;
  if (out.growth == 0) out.growth = busiest > 0 ? std::max(1.0, model.peak_instances / busiest) : 1;

  const auto reach = static_cast<std::size_t>(kLevelReachS / width_s);
  auto played =
      play(settings, timeline,
           {superposed(loads, out.growth, reach), superposed(requests, out.growth, reach)});
  if (!played) return tl::unexpected(played.error());
  out.ways = std::move(played->ways);
  out.decisions = played->decisions;
  out.reasons = std::move(played->reasons);
  out.changes = std::move(played->changes);
  out.course = std::move(played->points);
  out.copied = out.ways;
  if (out.growth > 1) {
    auto again =
        play(settings, timeline, {copied(loads, out.growth), copied(requests, out.growth)});
    if (!again) return tl::unexpected(again.error());
    out.copied = std::move(again->ways);
  }
  out.policy = option_value(settings, "autoscaler", "policy");
  out.predictor = option_value(settings, "autoscaler", "predictor");
  out.evaluations = static_cast<int64_t>(timeline.slices().size());
  return {};
}

}  // namespace og::cli
