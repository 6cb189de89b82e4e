// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/histogram.h"
#include "core/base/metric_sink.h"
#include "core/base/status.h"

namespace og {

// Counters, gauges and latency histograms of the host's own, shown beside those of the nouns so that
// a service needs one endpoint and one client library less. A series is a small number, which any
// language can keep; it stays for the registry's lifetime. Defining takes a lock, bumping does not.
class HostSeries {
 public:
  enum class Kind { kCounter, kGauge, kHistogram };
  static constexpr int kMax = 1024;

  // The series of this family and instance, made if it is new. An empty instance is a series without
  // the label `name`.
  Result<int32_t> define(Kind kind, std::string_view family, std::string_view help,
                         std::string_view instance);

  // kInvalidArgument for an id that was never given or is of another kind.
  Status increment(int32_t id, int64_t by) noexcept;  // by >= 0
  Status set(int32_t id, double value) noexcept;
  Status observe(int32_t id, int64_t ns) noexcept;

  void collect(MetricSink& sink) const;

 private:
  struct Series {
    Kind kind;
    std::string family;
    std::string help;
    std::string instance;
    std::atomic<int64_t> count{0};
    std::atomic<double> level{0};
    std::unique_ptr<Histogram> histogram;
  };

  Series* find(int32_t id, Kind kind) const noexcept;

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Series>> owned_;
  std::array<std::atomic<Series*>, kMax> by_id_{};
};

}  // namespace og
