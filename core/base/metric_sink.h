// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace og {

class Histogram;

// Where a noun puts its numbers when asked: `void collect(MetricSink&) const`. Names follow the
// Prometheus conventions (base units, `_total` on counters) and carry the noun:
// "outgrow_limiter_decisions_total". The registry adds the label that names the instance.
class MetricSink {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  virtual ~MetricSink() = default;
  virtual void counter(std::string_view name, std::string_view help, Labels labels,
                       int64_t value) = 0;
  virtual void gauge(std::string_view name, std::string_view help, Labels labels,
                     double value) = 0;
  // Recorded in nanoseconds, shown in seconds.
  virtual void histogram(std::string_view name, std::string_view help, Labels labels,
                         const Histogram& value) = 0;
};

}  // namespace og
