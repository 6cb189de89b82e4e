// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "core/base/number_text.h"
#include "core/scale/capacity.h"
#include "core/scale/queueing.h"

namespace og {
namespace {

constexpr double kNsAMinute = 60e9;

int64_t at_least(double value) {
  // What arithmetic has made a trillionth too large is that number.
  return std::max<int64_t>(static_cast<int64_t>(std::ceil(value * (1 - 1e-12))), 1);
}

}  // namespace

Result<double> Capacity::load_of(double rate) const {
  if (settings_.service_ns == 0) {
    return fail(Status::kUnsupported,
                "option 'service_ms' is 0: how long an instance works on a request must be known",
                "service_ms");
  }
  if (auto checked = check_rate(rate); !checked) return tl::unexpected(checked.error());
  return rate * (settings_.service_ns / kNsAMinute);
}

Result<double> Capacity::waiting(int64_t instances, double rate) {
  ForkLock lock(mutex_);
  const auto load = load_with(instances, rate);
  if (!load) return load;
  return 100 * waits_longer(instances * settings_.workers, *load,
                            settings_.wait_ns / settings_.service_ns);
}

Result<double> Capacity::blocking(int64_t instances, double rate) {
  ForkLock lock(mutex_);
  const auto load = load_with(instances, rate);
  if (!load) return load;
  return 100 * erlang_b(instances * settings_.workers, *load);
}

Result<double> Capacity::load_with(int64_t instances, double rate) const {
  if (instances < 1 || instances > kMostServers / settings_.workers) {
    return fail(Status::kInvalidArgument,
                "instances cannot be " + std::to_string(instances) + ": they are 1 to " +
                    std::to_string(kMostServers / settings_.workers) + " of " +
                    std::to_string(settings_.workers) + " workers",
                "instances");
  }
  return load_of(rate);
}

Result<Staffing> Capacity::by_queueing(double rate) const {
  const auto load = load_of(rate);
  if (!load) return tl::unexpected(load.error());
  if (*load > kHighestLoad) {
    return fail(Status::kInvalidArgument,
                "rate cannot be " + shortest_number(rate) + ": " + shortest_number(*load) +
                    " requests would be in service at once, and a million may be",
                "rate");
  }
  const double wait = settings_.wait_ns / settings_.service_ns;
  const int64_t servers = settings_.model == StaffingModel::kErlangC
                              ? servers_for(*load, wait, settings_.wait_share)
                              : square_root_servers(*load, wait, settings_.wait_share);
  Staffing made;
  made.working = (servers + settings_.workers - 1) / settings_.workers;
  made.instances = with_spare(made.working);
  made.load = *load;
  const int64_t work = made.working * settings_.workers;
  made.utilization = 100 * *load / static_cast<double>(work);
  made.waiting = 100 * waits_longer(work, *load, wait);
  return made;
}

Result<Staffing> Capacity::by_utilization(double rate) const {
  constexpr std::size_t kFewest = 6;
  const auto samples = utilization_.kept();
  const auto line = theil_sen(samples);
  if (samples.size() < kFewest || !line) {
    return fail(Status::kUnsupported,
                "model utilization needs 6 observations at 2 rates or more, and has " +
                    std::to_string(samples.size()) + (line ? "" : " at one rate"));
  }
  if (line->slope <= 0) {
    return fail(Status::kUnsupported, "the observed utilization does not rise with the rate");
  }
  if (line->base >= settings_.target) {
    return fail(Status::kUnsupported,
                "an instance is " + shortest_number(line->base) +
                    " per cent utilized without any load, and 'utilization' is " +
                    shortest_number(settings_.target),
                "utilization");
  }
  const double carries = (settings_.target - line->base) / line->slope;
  if (!(rate / carries <= kMostInstances)) {
    return fail(Status::kUnsupported, "not even a billion instances carry " +
                                          shortest_number(rate) + ": " + shortest_number(carries) +
                                          " is what one carries");
  }
  Staffing made;
  made.working = at_least(rate / carries);
  made.instances = with_spare(made.working);
  made.utilization = line->base + line->slope * rate / static_cast<double>(made.working);
  double highest = 0;
  for (const UtilizationSample& sample : samples) highest = std::max(highest, sample.rate);
  made.basis = carries > highest ? StaffingBasis::kExtrapolated : StaffingBasis::kObserved;
  return made;
}

Result<Staffing> Capacity::by_usl(double rate) const {
  const auto fit = fitted();
  if (!fit) return tl::unexpected(fit.error());
  const double wanted = rate * 100 / settings_.target;
  const auto least = fit->concurrency(wanted);
  Staffing made;
  bool carries = least && *least <= kMostInstances;
  if (carries) {
    made.working = at_least(*least);
    made.instances = with_spare(made.working);
    // With what is spare they may be beyond the peak.
    for (const int64_t count : {made.working, made.instances}) {
      carries &= fit->throughput(static_cast<double>(count)) >= wanted * (1 - 1e-12);
    }
  }
  if (!carries) {
    return fail(Status::kUnsupported,
                fit->peak.value > 0 ? "no number of instances carries " + shortest_number(rate) +
                                          ": " + shortest_number(fit->peak_throughput) + " at " +
                                          shortest_number(fit->peak.value) + " is the most"
                                    : "no number of instances carries " + shortest_number(rate));
  }
  made.utilization = 100 * rate / fit->throughput(static_cast<double>(made.working));
  made.basis = static_cast<double>(made.instances) > fit->highest ? StaffingBasis::kExtrapolated
                                                                  : StaffingBasis::kObserved;
  return made;
}

}  // namespace og
