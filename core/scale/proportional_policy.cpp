// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "core/scale/reactive_policy.h"
#include "core/scale/window_maximum.h"

namespace og {
namespace {

// Kubernetes' horizontal pod autoscaler with the tutorial's two thresholds.
//
// CPU and memory fall as instances are added, so ceil(serving * value / upper threshold) is the
// count at which the metric would stand at its threshold. Response time and errors say that
// something is wrong, not how much, nor that more instances mend it: they ask for one more, and
// only while CPU is at four fifths of its threshold at least, or is not fed. Errors do so only
// where error_rate_role is up.
//
// Fewer only when every metric that is fed is under its lower threshold, and never fewer than the
// most that was needed within the window, which is Kubernetes' stabilisation: a lull of a minute
// does not cost a start a minute later. The first window after creation is all observation. They
// are as many as put the metric in the middle of its thresholds: at the upper one, where the next
// noise would ask for another, a sawtooth begins. With both thresholds alike it is Kubernetes'
// rule.
//
// Memory rests high in many services (heaps, page cache) whatever the load. It therefore asks for
// more, but takes part in scale-down only where `memory_votes_down` says that it follows the load;
// `memory_baseline` is then the share that does not.
class ProportionalPolicy final : public ReactivePolicy {
 public:
  explicit ProportionalPolicy(const Thresholds& thresholds)
      : thresholds_(thresholds), needed_(thresholds.window_ns) {}

  ReactiveProposal propose(const Readings& readings, int32_t current, int64_t now) override {
    ReactiveProposal over = most_over(readings, current);
    if (over.metric) {
      needed_.add(now, over.instances);
      if (over.instances <= current) {
        over.instances = current;
        over.reason = ScaleReason::kPending;
      }
      return over;
    }
    return fewer(readings, current, now);
  }

  void use(const Thresholds& thresholds, const Options&) override { thresholds_ = thresholds; }
  void state(StateArchive& archive) override { needed_.state(archive); }

 private:
  static constexpr int32_t kMost = 1 << 30;
  static constexpr double kHighestLoad = 1e9;

  static constexpr double kAgrees = 0.8;

  // Of what more instances may not mend.
  bool may_add(Metric m, const Readings& readings) const {
    if (m == Metric::kErrorRate && thresholds_.error_role != ErrorRole::kUp) return false;
    const Reading& cpu = readings[Metric::kCpuUtilization];
    if (cpu.age == Reading::Age::kNever) return true;
    return cpu.fresh() && cpu.value >= kAgrees * thresholds_.up[Metric::kCpuUtilization];
  }

  // The share of the upper threshold that the metric has reached.
  double load(Metric m, double value) const { return load(m, value, thresholds_.up[m]); }

  double load(Metric m, double value, double threshold) const {
    const double base = m == Metric::kMemoryUtilization ? thresholds_.memory_baseline : 0;
    const double room = threshold - base;
    return room > 0 ? std::clamp((value - base) / room, 0.0, kHighestLoad) : 0;
  }

  static bool follows_count(Metric m) {
    return m == Metric::kCpuUtilization || m == Metric::kMemoryUtilization;
  }

  bool votes_down(Metric m) const {
    if (m == Metric::kErrorRate) return thresholds_.error_role != ErrorRole::kOff;
    return m != Metric::kMemoryUtilization || thresholds_.memory_votes_down;
  }

  // How many a scale-down would leave; never more than now, as the metric is not over.
  int32_t landed(Metric m, const Reading& reading, int32_t current) const {
    const double down = thresholds_.down[m];
    const double landing = down + thresholds_.landing * (thresholds_.up[m] - down);
    const int32_t least = count_at(reading, load(m, reading.value));
    return std::clamp(count_at(reading, load(m, reading.value, landing)), least,
                      std::max(least, current));
  }

  int32_t at_threshold(Metric m, const Reading& reading) const {
    return count_at(reading, load(m, reading.value));
  }

  static int32_t count_at(const Reading& reading, double load) {
    const double count = std::ceil(reading.ready * load - 1e-9);
    return static_cast<int32_t>(std::clamp(count, 1.0, static_cast<double>(kMost)));
  }

  ReactiveProposal most_over(const Readings& readings, int32_t current) const {
    ReactiveProposal most{current, ScaleReason::kSteady};
    for (Metric m : kThresholdMetrics) {
      const Reading& reading = readings[m];
      if (!reading.fresh()) continue;
      const bool proportional = follows_count(m);
      if (!proportional && !may_add(m, readings)) continue;
      const bool over = proportional ? load(m, reading.value) > 1 + thresholds_.tolerance
                                     : reading.value > thresholds_.up[m];
      if (!over) continue;
      const int32_t count = proportional ? at_threshold(m, reading) : reading.desired + 1;
      if (!most.metric || count > most.instances) {
        most = {count, ScaleReason::kOverThreshold, m, reading.value, thresholds_.up[m]};
      }
    }
    return most;
  }

  ReactiveProposal fewer(const Readings& readings, int32_t current, int64_t now) {
    bool any = false;
    bool all_low = true;
    int32_t needed = 0;
    std::optional<Metric> binding;
    for (Metric m : kThresholdMetrics) {
      const Reading& reading = readings[m];
      any = any || reading.fresh();
      if (!votes_down(m) || !reading.fresh()) continue;
      all_low = all_low && reading.value < thresholds_.down[m];
      const int32_t count = follows_count(m) ? landed(m, reading, current) : 0;
      if (!binding || count > needed) {
        needed = std::max(needed, count);
        binding = m;
      }
    }
    if (!any) return {current, ScaleReason::kNoData};
    // Latency and errors alone cannot say how many fewer: one.
    if (binding && needed == 0) needed = std::max(readings[*binding].desired - 1, 1);
    if (binding) needed_.add(now, needed);
    if (!binding || !all_low || needed >= current) return {current, ScaleReason::kSteady};
    const int32_t most = needed_.full(now) ? needed_.at(now) : current;
    if (most >= current) {
      return {current, ScaleReason::kWindow, std::nullopt, static_cast<double>(most)};
    }
    return {most, ScaleReason::kUnderThresholds, binding, readings[*binding].value,
            thresholds_.down[*binding]};
  }

  Thresholds thresholds_;
  WindowMaximum needed_;
};

}  // namespace

std::unique_ptr<ReactivePolicy> make_proportional_policy(const Thresholds& thresholds,
                                                         const Options&) {
  return std::make_unique<ProportionalPolicy>(thresholds);
}

}  // namespace og
