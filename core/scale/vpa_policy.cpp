// SPDX-License-Identifier: Apache-2.0
#include "core/scale/vpa_policy.h"

namespace og {
namespace {

constexpr double kCpuWeight = 0.1;  // of a sample; a peak of memory has 1
constexpr double kNothing = 0.001 * kCpuWeight;

}  // namespace

VpaPolicy::VpaPolicy(const SizingRules& rules)
    : rules_(rules),
      cpu_(kCpuBuckets, rules.half_life_ns, kNothing),
      memory_(kMemoryBuckets, rules.half_life_ns, kNothing) {}

void VpaPolicy::cpu(double cores, double weight, int64_t at) {
  cpu_.add(cores, kCpuWeight * weight, at);
}

void VpaPolicy::memory(double bytes, double weight, int64_t at) { peak(bytes, false, weight, at); }

void VpaPolicy::out_of_memory(double bytes, double weight, int64_t at) {
  peak(oom_needs(rules_, std::max(bytes, used_)), true, weight, at);
}

void VpaPolicy::peak(double bytes, bool killed, double weight, int64_t at) {
  if (!interval_end_) interval_end_ = at;
  if (at < *interval_end_) {
    const double before = std::max(used_, killed_);
    if (before == 0 || bytes <= before) return;
    memory_.subtract(before, weight_, *interval_end_);
  } else {
    interval_end_ = period_end(*interval_end_, at, rules_.interval_ns);
    used_ = killed_ = 0;
  }
  memory_.add(bytes, weight, *interval_end_);
  weight_ = weight;
  (killed ? killed_ : used_) = bytes;
}

UseBounds VpaPolicy::bounds(const UsageHistogram& use) const {
  return {use.percentile(rules_.lower), use.percentile(rules_.target),
          use.percentile(rules_.upper)};
}

UseBounds VpaPolicy::cpu_bounds(int64_t) const { return bounds(cpu_); }
UseBounds VpaPolicy::memory_bounds(int64_t) const { return bounds(memory_); }

void VpaPolicy::state(StateArchive& archive) {
  cpu_.state(archive);
  memory_.state(archive);
  archive.time(interval_end_);
  archive.value(used_);
  archive.value(killed_);
  archive.value(weight_);
}

}  // namespace og
