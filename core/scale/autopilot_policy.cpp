// SPDX-License-Identifier: Apache-2.0
#include "core/scale/autopilot_policy.h"

#include <algorithm>
#include <cmath>

namespace og {

CheapestLimit::CheapestLimit(const Buckets& buckets, const SizingRules& rules, bool peaks)
    : buckets_(buckets),
      rules_(rules),
      peaks_(peaks),
      decay_(-std::expm1(-std::log(2.0) * static_cast<double>(rules.window_ns) /
                         static_cast<double>(rules.half_life_ns))),
      past_{std::vector<double>(buckets.count())},
      window_{std::vector<double>(buckets.count())} {}

// What the window weighs in all is how much of it is believed: 1, or less on a weekend.
void CheapestLimit::add(double value, double weight, int64_t at) {
  if (window_end_ && at >= *window_end_) close(at);
  if (!window_end_) window_end_ = period_end(at, at, rules_.window_ns);
  if (!peaks_) {
    window_.weight[buckets_.of(value)] += weight;
    window_.total += weight;
  }
  peak_ = std::max(peak_, value);
  peak_weight_ = std::max(peak_weight_, weight);
}

void CheapestLimit::fold(Shares& past) const {
  if (peak_weight_ == 0) return;
  const double believed = decay_ * peak_weight_;
  for (double& share : past.weight) share *= 1 - believed;
  past.total = past.total * (1 - believed) + believed;
  if (peaks_) {
    past.weight[buckets_.of(peak_)] += believed;
    return;
  }
  for (std::size_t i = 0; i < past.weight.size(); ++i) {
    past.weight[i] += believed * window_.weight[i] / window_.total;
  }
}

void CheapestLimit::close(int64_t at) {
  fold(past_);
  const std::optional<std::size_t> before =
      limit_ ? std::optional(static_cast<std::size_t>(*limit_)) : std::nullopt;
  limit_ = static_cast<int32_t>(cheapest(past_, before));
  std::fill(window_.weight.begin(), window_.weight.end(), 0);
  window_.total = peak_ = peak_weight_ = 0;
  window_end_ = period_end(*window_end_, at, rules_.window_ns);
}

// Of limits that cost the same, the highest.
std::size_t CheapestLimit::cheapest(const Shares& shares, std::optional<std::size_t> before) const {
  std::size_t best = 0;
  double least = HUGE_VAL, below = 0;
  for (std::size_t i = 0; i < shares.weight.size(); ++i) {
    const double here = shares.weight[i] / shares.total;
    const double above = std::max(0.0, 1 - below - here);
    const double moved = before && *before != i ? rules_.change : 0;
    const double cost = rules_.overrun * above + rules_.underrun * below + moved;
    if (cost <= least) {
      least = cost;
      best = i;
    }
    below += here;
  }
  return best;
}

// Until a window has ended, the limit is what it would be if this one ended now.
double CheapestLimit::limit(int64_t) const {
  if (limit_) return buckets_.end(static_cast<std::size_t>(*limit_));
  if (peak_weight_ == 0) return 0;
  Shares shares = past_;
  fold(shares);
  return buckets_.end(cheapest(shares, std::nullopt));
}

void CheapestLimit::state(StateArchive& archive) {
  for (Shares* shares : {&past_, &window_}) {
    archive.value(shares->total);
    const std::size_t size = archive.count(shares->weight.size(), shares->weight.size());
    for (std::size_t i = 0; i < size; ++i) {
      archive.value(shares->weight[i]);
      if (!std::isfinite(shares->weight[i]) || shares->weight[i] < 0) shares->weight[i] = 0;
    }
  }
  archive.time(window_end_);
  archive.value(limit_);
  archive.value(peak_);
  archive.value(peak_weight_);
  if (limit_ && (*limit_ < 0 || static_cast<std::size_t>(*limit_) >= past_.weight.size())) {
    limit_.reset();
  }
}

AutopilotPolicy::AutopilotPolicy(const SizingRules& rules)
    : rules_(rules), cpu_(kCpuBuckets, rules, false), memory_(kMemoryBuckets, rules, true) {}

void AutopilotPolicy::cpu(double cores, double weight, int64_t at) { cpu_.add(cores, weight, at); }

void AutopilotPolicy::memory(double bytes, double weight, int64_t at) {
  memory_.add(bytes, weight, at);
}

void AutopilotPolicy::out_of_memory(double bytes, double weight, int64_t at) {
  const double needs = oom_needs(rules_, std::max(bytes, memory_.peak()));
  const bool lapsed = !held_since_ || at - *held_since_ >= rules_.interval_ns;
  held_ = lapsed ? needs : std::max(held_, needs);
  held_since_ = at;
  memory_.add(std::max(bytes, memory_.peak()), weight, at);
}

UseBounds AutopilotPolicy::cpu_bounds(int64_t now) const {
  const double limit = cpu_.limit(now);
  return {limit, limit, limit};
}

UseBounds AutopilotPolicy::memory_bounds(int64_t now) const {
  double limit = memory_.limit(now);
  if (held_since_ && now - *held_since_ < rules_.interval_ns) limit = std::max(limit, held_);
  return {limit, limit, limit};
}

void AutopilotPolicy::state(StateArchive& archive) {
  cpu_.state(archive);
  memory_.state(archive);
  archive.value(held_);
  archive.time(held_since_);
}

}  // namespace og
