// SPDX-License-Identifier: Apache-2.0
#include "core/scale/named_metrics.h"

#include <algorithm>
#include <cmath>

namespace og {
namespace {

constexpr double kMostInstances = 1 << 30;
constexpr double kRounding = 1e-9;  // what arithmetic may add to a whole number

int32_t whole(double load) {
  return static_cast<int32_t>(std::clamp(std::ceil(load - kRounding), 0.0, kMostInstances));
}

}  // namespace

std::optional<std::size_t> NamedMetrics::find(std::string_view name) const {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (rules_[i].name == name) return i;
  }
  return std::nullopt;
}

void NamedMetrics::observe(std::size_t at, double value, int64_t now, int32_t ready,
                           int32_t count) {
  Latest& latest = latest_[at];
  latest.value = value;
  latest.at = now;
  latest.ready = ready >= 0 ? ready : count;
  const MetricRule& rule = rules_[at];
  const bool sick = rule.kind == MetricKind::kHealth && (value > rule.up || value < rule.down);
  if (sick) latest.sick_at = now;
}

void NamedMetrics::observe(Metric metric, double value, int64_t now, int32_t ready, int32_t count) {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (rules_[i].known == metric) observe(i, value, now, ready, count);
  }
}

void NamedMetrics::count_is(int32_t count) {
  for (Latest& each : latest_) {
    if (each.ready == Reading::kUnknownCount) each.ready = count;
  }
}

bool NamedMetrics::complete(std::size_t at, int64_t now, int64_t stale_ns) const {
  const auto& arrivals = rules_[at].arrivals;
  return fresh(at, now, stale_ns) && (!arrivals || fresh(*arrivals, now, stale_ns));
}

ReactiveProposal NamedMetrics::asked(std::size_t at, int32_t current, int64_t now,
                                     const NamedSettings& s) const {
  const MetricRule& rule = rules_[at];
  const Latest& latest = latest_[at];
  ReactiveProposal proposal{current, ScaleReason::kSteady, rule.known, latest.value, rule.target};
  if (!rule.known) proposal.name = rule.name.c_str();
  double load = latest.value / rule.target;
  double ratio = current > 0 ? load / current : load > 0 ? 2 + s.tolerance_up : 1;
  const bool utilization = rule.kind == MetricKind::kUtilization;
  if (utilization || rule.kind == MetricKind::kValue) {
    if (current > 0) ratio = load;
    // Where none serves, one would have it all.
    load *= latest.ready > 0 || current > 0 ? latest.ready : 1;
  } else if (rule.kind == MetricKind::kBacklog) {
    load *= rule.service_s;
    if (rule.arrivals && fresh(*rule.arrivals, now, s.stale_ns)) {
      load += latest_[*rule.arrivals].value / 60 * rule.service_s;
    }
    if (current > 0) ratio = load / current;
  }
  if (ratio >= 1 - s.tolerance_down - kRounding && ratio <= 1 + s.tolerance_up + kRounding) {
    return proposal;
  }
  const int32_t count = whole(load);
  const bool crossed = ratio > 1 ? count < current : count > current;
  if (!utilization || !crossed) proposal.instances = count;
  if (proposal.instances != current) proposal.reason = ScaleReason::kTarget;
  return proposal;
}

std::optional<ReactiveProposal> NamedMetrics::propose(int32_t current, int64_t now,
                                                      const NamedSettings& s) {
  std::optional<ReactiveProposal> most;
  bool all = true;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (!rules_[i].demands()) continue;
    all = all && complete(i, now, s.stale_ns);
    if (!fresh(i, now, s.stale_ns)) continue;
    const ReactiveProposal one = asked(i, current, now, s);
    if (!most || one.instances > most->instances) most = one;
  }
  if (!most || (!all && most->instances <= current)) return most;

  if (!looked_) {
    most_.add(now, current);
    fewest_.add(now, current);
    looked_ = true;
  }
  const int32_t at_most = fewest_.extreme(now, s.up_window_ns, most->instances);
  const int32_t at_least = most_.extreme(now, s.down_window_ns, most->instances);
  most_.add(now, most->instances);
  fewest_.add(now, most->instances);
  const int32_t held = std::min(std::max(current, at_most), at_least);
  if (held == current && most->instances != current) {
    return ReactiveProposal{current, ScaleReason::kWindow, std::nullopt,
                            static_cast<double>(most->instances > current ? at_most : at_least)};
  }
  most->instances = held;
  return most;
}

const MetricRule* NamedMetrics::silent(int64_t now, const NamedSettings& s) const {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const bool used_to_come = latest_[i].at >= 0;
    if ((rules_[i].demands() || used_to_come) && !fresh(i, now, s.stale_ns)) return &rules_[i];
    const auto& arrivals = rules_[i].arrivals;
    if (arrivals && !fresh(*arrivals, now, s.stale_ns)) return &rules_[*arrivals];
  }
  return nullptr;
}

const MetricRule* NamedMetrics::sick(int64_t now, int64_t hold_ns) const {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (latest_[i].sick_at >= 0 && now - latest_[i].sick_at <= hold_ns) return &rules_[i];
  }
  return nullptr;
}

double NamedMetrics::last_value(const MetricRule& rule) const { return latest_[place(rule)].value; }

// By name: the option may name others when it is read.
void NamedMetrics::state(StateArchive& archive) {
  const std::size_t size = archive.count(rules_.size(), MetricRule::kMost);
  if (archive.reads()) latest_ = {};
  for (std::size_t i = 0; i < size; ++i) {
    std::string_view name = archive.reads() ? std::string_view() : rules_[i].name;
    Latest kept = archive.reads() ? Latest{} : latest_[i];
    archive.text(name);
    archive.value(kept.value);
    archive.time(kept.at);
    archive.value(kept.ready);
    archive.time(kept.sick_at);
    if (!archive.reads()) continue;
    if (const auto at = find(name)) latest_[*at] = kept;
  }
  int32_t looked = looked_;
  archive.value(looked);
  looked_ = looked != 0;
  most_.state(archive);
  fewest_.state(archive);
}

}  // namespace og
