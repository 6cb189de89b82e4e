// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace og {

// What a fleet tells of itself, averaged over the instances that serve.
enum class Metric : int32_t {
  kCpuUtilization,     // per cent
  kMemoryUtilization,  // per cent
  kRequestRate,        // requests a minute, over the whole fleet
  kResponseTime,       // milliseconds
  kErrorRate,          // per cent
};
inline constexpr std::size_t kMetrics = 5;

const char* metric_name(Metric metric);

inline constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// One observation; kMissing (NaN) where there is none, which is not the same as zero.
struct ScalingMetrics {
  std::array<double, kMetrics> values{kMissing, kMissing, kMissing, kMissing, kMissing};
  double& operator[](Metric m) { return values[static_cast<std::size_t>(m)]; }
  double operator[](Metric m) const { return values[static_cast<std::size_t>(m)]; }
};

// The latest value of one metric, and the fleet it was measured on. A proposal computed from these
// alone does not grow when the same reading is looked at twice.
struct Reading {
  static constexpr int32_t kUnknownCount = -1;
  enum class Age { kNever, kFresh, kStale };

  double value = kMissing;
  int64_t at = 0;
  int32_t ready = 0;  // instances that served then, and
  int32_t desired =
      0;  // instances wanted then; kUnknownCount until the program has said how many run
  Age age = Age::kNever;

  bool fresh() const { return age == Age::kFresh; }
};

struct Readings {
  // The first metric that used to come and is stale.
  std::optional<Metric> silent() const {
    for (std::size_t i = 0; i < kMetrics; ++i) {
      if (values[i].age == Reading::Age::kStale) return static_cast<Metric>(i);
    }
    return std::nullopt;
  }

  std::array<Reading, kMetrics> values;
  bool frozen = false;  // errors are high, or were just now: nothing is learned of the load
  Reading& operator[](Metric m) { return values[static_cast<std::size_t>(m)]; }
  const Reading& operator[](Metric m) const { return values[static_cast<std::size_t>(m)]; }
};

}  // namespace og
