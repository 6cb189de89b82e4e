// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/replay/scaling.h"

#include <algorithm>
#include <cmath>

#include "bindings/cli/provisioning/rivals.h"
#include "bindings/cli/replay/grown_log.h"
#include "bindings/cli/replay/library_options.h"
#include "bindings/cli/replay/scaled.h"

namespace og::cli {
namespace {

constexpr std::size_t kMostConstants = 32;  // rows of fixed numbers

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
  auto ours = Scaled::create(settings, options, timeline.start_s(), width_s);
  if (!ours) return tl::unexpected(ours.error());
  auto step = Scaled::create(settings, step_rule(options), timeline.start_s(), width_s);
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

  const GrownLog log = log_as_it_is(timeline, model);
  const double busiest = busiest_minute(log.loads, width_s);
  out.growth = model.growth;
  if (out.growth == 0) out.growth = busiest > 0 ? std::max(1.0, model.peak_instances / busiest) : 1;

  auto played = play(settings, timeline, superposed(log, out.growth, width_s));
  if (!played) return tl::unexpected(played.error());
  out.ways = std::move(played->ways);
  out.decisions = played->decisions;
  out.reasons = std::move(played->reasons);
  out.changes = std::move(played->changes);
  out.course = std::move(played->points);
  out.copied = out.ways;
  if (out.growth > 1) {
    auto again = play(settings, timeline, copied(log, out.growth, width_s));
    if (!again) return tl::unexpected(again.error());
    out.copied = std::move(again->ways);
  }
  out.policy = option_value(settings, "autoscaler", "policy");
  out.predictor = option_value(settings, "autoscaler", "predictor");
  out.evaluations = static_cast<int64_t>(timeline.slices().size());
  return {};
}

}  // namespace og::cli
