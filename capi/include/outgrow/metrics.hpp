// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <outgrow/metrics_calls.hpp>
#include <outgrow/series.hpp>
#include <string>

namespace outgrow {

// What the nouns count, and the program's own series, as Prometheus text: metrics.h has the rules.
// Safe from every thread.
class Metrics : public detail::MetricsCalls {
 public:
  // What to serve render() as.
  static constexpr const char* kContentType = "text/plain; version=0.0.4; charset=utf-8";

  using MetricsCalls::MetricsCalls;

  // The program's own, up to the option `series`. Counters' names end in "_total", histograms' best
  // in "_seconds". The instance becomes the label `name`, "" for a series without it. The same name
  // and instance give the same series.
  Counter counter(const std::string& name, const std::string& help,
                  const std::string& instance = {}) {
    return Counter(handle(), series(og_metrics_counter, name, help, instance));
  }
  Gauge gauge(const std::string& name, const std::string& help, const std::string& instance = {}) {
    return Gauge(handle(), series(og_metrics_gauge, name, help, instance));
  }
  Histogram histogram(const std::string& name, const std::string& help,
                      const std::string& instance = {}) {
    return Histogram(handle(), series(og_metrics_histogram, name, help, instance));
  }

 private:
  template <class Function>
  std::int32_t series(Function function, const std::string& name, const std::string& help,
                      const std::string& instance) {
    return detail::index(function, handle(), detail::c_text(name), detail::c_text(help),
                         detail::c_text(instance));
  }
};

}  // namespace outgrow
