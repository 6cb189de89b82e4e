// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/base/metric_sink.h"

namespace og {

// Collects series and writes them in Prometheus's text exposition format 0.0.4.
//
// Scrapers refuse a whole exposition over one family that is not contiguous or one series that
// comes twice. So families are gathered by name whatever order they arrive in, with HELP and TYPE
// from the first; of equal series the first stays; a series whose family is of another type is left
// out. What was left out is counted. Families and series are sorted, so equal states give equal
// texts.
//
// Histograms are shown at 1, 2 or 4 buckets an octave of the 4 they are recorded at: each bucket is
// a time series at the scraper. The bounds are the same in all histograms, so that they add up.
class PrometheusText final : public MetricSink {
 public:
  explicit PrometheusText(int buckets_per_octave = 1) : buckets_per_octave_(buckets_per_octave) {}

  void counter(std::string_view name, std::string_view help, Labels labels, int64_t value) override;
  void gauge(std::string_view name, std::string_view help, Labels labels, double value) override;
  void histogram(std::string_view name, std::string_view help, Labels labels,
                 const Histogram& value) override;

  std::string text() const;
  int64_t left_out() const { return left_out_; }

 private:
  struct Family {
    std::string_view type;
    std::string help;
    std::map<std::string, std::string, std::less<>> series;  // lines, by labels
  };

  // Where the lines of a new series go, or nullptr when it must be left out.
  std::string* open(std::string_view name, std::string_view type, std::string_view help,
                    const std::string& labels);
  std::string label_text(Labels labels) const;

  const int buckets_per_octave_;
  std::map<std::string, Family, std::less<>> families_;
  int64_t left_out_ = 0;
};

}  // namespace og
