// SPDX-License-Identifier: Apache-2.0
#include "core/scale/demand_policy.h"

#include <algorithm>
#include <cmath>

#include "core/base/typed_options.h"
#include "core/scale/offered_load.h"

namespace og {
namespace {

constexpr double kMost = 1 << 30;
// Above this share of its CPU an instance may have more to do than it shows.
constexpr double kSaturated = 0.9;
constexpr double kCostMinutes = 20;

// Staffs for the load's level and, above it, for its scatter: level + margin * deviation, which is
// the square-root staffing of queueing theory (Halfin and Whitt 1981; Whitt 2019) with the
// dispersion that is measured. Noise of a minute is over before an instance has started: it is
// provided for, and the level alone is followed. More at once; fewer when fewer would have done for
// demand_hold_ms without a break.
//
// The load in instances is serving instances times CPU. A saturated CPU does not show what is
// offered beyond it: then it is the request rate times what a request used to cost, where that is
// more. That two metrics agree on is ordered at once, beyond what max_step_up lets a single reading
// do. Memory and response time have no part in it. It sees one sample a proposal, the latest.
class DemandPolicy final : public ReactivePolicy {
 public:
  explicit DemandPolicy(const Options& options) { read(options); }

  ReactiveProposal propose(const Readings& readings, int32_t current, int64_t now) override {
    const Reading& cpu = readings[Metric::kCpuUtilization];
    const Reading& rate = readings[Metric::kRequestRate];
    const double offered = offered_load(cpu, rate, readings.frozen);
    if (std::isnan(offered)) {
      fewer_since_ = std::nullopt;
      return {current, ScaleReason::kNoData};
    }
    const int64_t at =
        std::max(cpu.fresh() ? cpu.at : int64_t{-1}, rate.fresh() ? rate.at : int64_t{-1});
    if (readings.frozen) {
      load_.skip(at);
    } else {
      load_.add(at, offered, start_ns_);
    }
    const int32_t ready = cpu.fresh() ? cpu.ready : rate.ready;
    const double recent = readings.frozen ? offered : load_.recent();
    ReactiveProposal proposal =
        settle(wanted(offered, recent, ready), current, now, readings.frozen);
    proposal.at_once = saturated(cpu) && rate.fresh() && cost_samples_ > 0;
    return proposal;
  }

  void use(const Thresholds&, const Options& options) override { read(options); }

  void state(StateArchive& archive) override {
    load_.state(archive);
    archive.value(cost_);
    archive.value(cost_samples_);
    archive.time(cost_at_);
    archive.time(fewer_since_);
    archive.value(ordered_);
  }

 private:
  void read(const Options& options) {
    const auto own = OptionsOf<kDemandOptions>::among(options);
    margin_ = own.number("demand_margin");
    hold_ns_ = own.duration_ns("demand_hold_ms");
    start_ns_ = own.duration_ns("start_ms");
  }

  static bool saturated(const Reading& cpu) { return cpu.fresh() && cpu.value >= 100 * kSaturated; }

  // In instances; NaN where nothing tells it.
  double offered_load(const Reading& cpu, const Reading& rate, bool frozen) {
    const double by_rate = rate.fresh() && cost_samples_ > 0 ? rate.value * cost_ : kMissing;
    if (!cpu.fresh()) return by_rate;
    const double used = cpu.ready * cpu.value / 100;
    if (saturated(cpu)) return std::isnan(by_rate) ? used : std::max(used, by_rate);
    if (rate.fresh() && rate.value > 0 && !frozen) learn_cost(used / rate.value, rate.at);
    return used;
  }

  // What one request a minute fills, in instances.
  void learn_cost(double cost, int64_t at) {
    if (cost_samples_ > 0 && at <= cost_at_) return;
    cost_samples_ += 1;
    const double minutes = static_cast<double>(at - cost_at_) / 60e9;
    cost_ += sample_weight(minutes, kCostMinutes, cost_samples_) * (cost - cost_);
    cost_at_ = at;
  }

  // For the level and its scatter; or for this moment, where the last minute has filled what
  // serves.
  ReactiveProposal wanted(double offered, double recent, int32_t ready) const {
    const double room = load_.base() + load_.scatter(margin_);
    const double most = std::max(offered, recent);
    if (recent > kSaturated * ready && most / kSaturated > room) {
      return {count_for(most / kSaturated), ScaleReason::kDemand, std::nullopt, most};
    }
    return {count_for(room), ScaleReason::kDemand, std::nullopt, load_.base(),
            load_.scatter(margin_)};
  }

  static int32_t count_for(double load) {
    return static_cast<int32_t>(std::clamp(std::ceil(load - 1e-9), 1.0, kMost));
  }

  ReactiveProposal settle(ReactiveProposal want, int32_t current, int64_t now, bool frozen) {
    if (current <= ordered_) fewer_since_ = std::nullopt;  // there are fewer: they wait anew
    ordered_ = 0;
    if (want.instances < current && !frozen) {
      if (!fewer_since_) fewer_since_ = now;
      if (now - *fewer_since_ < hold_ns_) {
        return {current, ScaleReason::kWindow, std::nullopt, static_cast<double>(current)};
      }
      ordered_ = want.instances;
      return want;
    }
    fewer_since_ = std::nullopt;
    if (want.instances <= current) want.reason = ScaleReason::kSteady;
    want.instances = std::max(want.instances, current);
    return want;
  }

  double margin_ = 0;
  int64_t hold_ns_ = 0, start_ns_ = 0;
  OfferedLoad load_;
  double cost_ = 0, cost_samples_ = 0;
  int64_t cost_at_ = 0;
  std::optional<int64_t> fewer_since_;
  int32_t ordered_ = 0;  // fewer, by the proposal before
};

}  // namespace

std::unique_ptr<ReactivePolicy> make_demand_policy(const Thresholds&, const Options& options) {
  return std::make_unique<DemandPolicy>(options);
}

}  // namespace og
