// SPDX-License-Identifier: Apache-2.0
// The pool of forecasters on the real loads beside the clone, against the best of the simple
// models, and how often its bound holds.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/scale/pool_forecaster.h"
#include "tests/catch.h"
#include "tests/core/load_trace.h"

namespace og {
namespace {

using test::LoadTrace;

using Rates = std::vector<double>;

// Of the highest of each `hold` bins and one, from a bin on; NaN where one is missing.
Rates highest_of(const LoadTrace& trace, int64_t hold) {
  Rates highest(trace.values.size(), NAN);
  for (size_t i = 0; i + static_cast<size_t>(hold) < highest.size(); ++i) {
    const auto first = trace.values.begin() + static_cast<int64_t>(i);
    if (std::any_of(first, first + hold + 1, [](double each) { return std::isnan(each); }))
      continue;
    highest[i] = *std::max_element(first, first + hold + 1);
  }
  return highest;
}

// Rolling origin after a week: of what `said[i]` is for bin i.
double error_of(const Rates& said, const Rates& came, size_t warm) {
  double squared = 0, count = 0;
  for (size_t i = warm; i < came.size(); ++i) {
    if (std::isnan(said[i]) || std::isnan(came[i])) continue;
    squared += (said[i] - came[i]) * (said[i] - came[i]);
    count += 1;
  }
  return std::sqrt(squared / count);
}

// Of `lead` bins later, by what each bin makes known.
Rates later(const LoadTrace& trace, int64_t lead, const std::function<double(size_t)>& forecast) {
  Rates said(trace.values.size() + static_cast<size_t>(lead), NAN);
  for (size_t i = 0; i < trace.values.size(); ++i)
    said[i + static_cast<size_t>(lead)] = forecast(i);
  return said;
}

Rates smoothed(const LoadTrace& trace, int64_t lead, double weight) {
  double level = 0, count = 0;
  return later(trace, lead, [&, level, count](size_t i) mutable {
    if (!std::isnan(trace.values[i])) {
      count += 1;
      level += std::max(weight, 1 / count) * (trace.values[i] - level);
    }
    return level;
  });
}

Rates repeated(const LoadTrace& trace, int64_t lead, int64_t period) {
  return later(trace, lead, [&](size_t i) {
    const int64_t from = static_cast<int64_t>(i) + lead - period;
    return from >= 0 ? trace.values[static_cast<size_t>(from)] : NAN;
  });
}

// Last value, levels, and the day and the week before; of the levels the best that there is, as
// only who has seen the whole trace can choose it.
double best_simple(const LoadTrace& trace, int64_t lead, const Rates& came, size_t warm) {
  const int64_t day = 86400 / trace.step_s;
  double best = std::min(error_of(repeated(trace, lead, day), came, warm),
                         error_of(repeated(trace, lead, 7 * day), came, warm));
  for (const double weight :
       {1.0, 0.8, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.08, 0.05, 0.03, 0.02, 0.01, 0.005}) {
    best = std::min(best, error_of(smoothed(trace, lead, weight), came, warm));
  }
  return best;
}

struct Score {
  double error, coverage;
};

Score score_of(const LoadTrace& trace, int64_t lead, int64_t hold, const Rates& came, size_t warm) {
  PoolForecaster model({trace.step_s * 1'000'000'000, 0, lead, hold}, 86400 / trace.step_s, 0.98);
  Rates bound(came.size() + static_cast<size_t>(lead), NAN);
  const int64_t first = trace.start_s / trace.step_s;
  const Rates said = later(trace, lead, [&](size_t i) {
    const int64_t bin = first + static_cast<int64_t>(i);
    if (!std::isnan(trace.values[i])) model.observe(bin, trace.values[i]);
    const auto forecast = model.forecast(bin + lead);
    if (!forecast) return std::nan("");
    bound[i + static_cast<size_t>(lead)] = *forecast->bound;
    return forecast->rate;
  });
  double covered = 0, count = 0;
  for (size_t i = warm; i < came.size(); ++i) {
    if (std::isnan(came[i]) || std::isnan(bound[i])) continue;
    covered += came[i] <= bound[i];
    count += 1;
  }
  return {error_of(said, came, warm), 100 * covered / count};
}

struct Load {
  const char* file;
  int64_t step_s;
  size_t sums;  // so many steps are a bin
};
constexpr Load kLoads[] = {
    {"load/nasa-http-1995-07-per-minute.csv.gz", 60, 5},
    {"load/aws-elb-request-count.csv.gz", 300, 1},
    {"load/aws-ec2-cpu-utilization.csv.gz", 300, 1},
    {"load/nyc-taxi-demand.csv.gz", 1800, 1},
};

}  // namespace

// Also for a window longer than a bin, which the simple models are as good as asked about.
TEST_CASE("on real loads the pool errs no more than the best simple model, and its bound holds") {
  for (const Load& load : kLoads) {
    const auto path = shared_data(load.file);
    if (path.empty()) continue;
    const LoadTrace trace = test::sum_bins(test::read_load(path, load.step_s), load.sums);
    REQUIRE(trace.values.size() > 4000);
    const size_t warm = static_cast<size_t>(7 * 86400 / trace.step_s);
    for (const auto& [lead, hold] : {std::pair<int64_t, int64_t>{1, 0}, {3, 0}, {3, 3}}) {
      const Rates came = highest_of(trace, hold);
      const double simple = best_simple(trace, lead, came, warm);
      const Score score = score_of(trace, lead, hold, came, warm);
      INFO(load.file << ", bins " << lead << " to " << lead + hold << ": best simple " << simple
                     << ", pool " << score.error << ", under its bound " << score.coverage << " %");
      CHECK(score.error <= simple);
      CHECK(score.coverage == Approx(98).margin(1));
    }
  }
}

// 90 minutes ahead; the week before, 2746, is the best simple model.
TEST_CASE("the pool knows the week of a city's taxis") {
  const auto path = shared_data("load/nyc-taxi-demand.csv.gz");
  if (path.empty()) return;
  const LoadTrace trace = test::read_load(path, 1800);
  const Rates came = highest_of(trace, 0);
  CHECK(error_of(repeated(trace, 3, 7 * 48), came, 7 * 48) == Approx(2746).margin(1));
  CHECK(score_of(trace, 3, 0, came, 7 * 48).error <= 2512);
}

}  // namespace og
