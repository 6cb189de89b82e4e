// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace og {

struct UslSample {
  double concurrency;  // 1 or more: callers, threads or instances
  double throughput;   // above 0, in whatever unit
};

struct Interval {
  double value, low, high;
};

// The Universal Scalability Law (Gunther, Guerrilla Capacity Planning, 2007):
//
//   X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1))
//
// lambda is the throughput of one, sigma the share that is done one at a time (contention, Amdahl's
// law), kappa what it costs that each agrees with each other (coherency). With kappa above 0 there
// is a concurrency beyond which more of it gives less: sqrt((1 - sigma) / kappa).
struct UslFit {
  Interval lambda, sigma, kappa;
  // The concurrency of the highest throughput: NaN where it has none (kappa 0), and so is its high
  // end where it may have none.
  Interval peak;
  double peak_throughput;  // NaN without a peak
  double deviation;        // of the observations from the curve: the residual standard error
  double highest;          // the highest concurrency that was observed
  int64_t samples;

  double throughput(double concurrency) const;
  // The lowest concurrency, 1 or more, that gives this throughput; none where no concurrency does.
  std::optional<double> concurrency(double throughput) const;

  // A fit of three parameters and their uncertainty wants twice as many observations.
  static constexpr int64_t kFewestSamples = 6;
  static constexpr int64_t kFewestConcurrencies = 3;  // distinct ones
};

// Least squares in the throughput, over lambda > 0, sigma >= 0 and kappa >= 0. confidence: of the
// intervals, 0 to below 1. There must be kFewestSamples of kFewestConcurrencies.
UslFit fit_usl(std::span<const UslSample> samples, double confidence);

}  // namespace og
