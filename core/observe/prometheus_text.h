// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/histogram.h"
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
  // process: the value of the label `process` of what is not shared; empty: without it.
  explicit PrometheusText(int buckets_per_octave = 1, std::string process = {})
      : buckets_per_octave_(buckets_per_octave), process_(std::move(process)) {}

  void counter(std::string_view name, std::string_view help, Labels labels, int64_t value) override;
  void gauge(std::string_view name, std::string_view help, Labels labels, double value) override;
  void histogram(std::string_view name, std::string_view help, Labels labels,
                 const Histogram& value) override;

  // The same of series whose labels are text already (label_text()).
  void write_counter(std::string_view name, std::string_view help, const std::string& labels,
                     int64_t value);
  void write_gauge(std::string_view name, std::string_view help, const std::string& labels,
                   double value);
  void write_histogram(std::string_view name, std::string_view help, const std::string& labels,
                       const Histogram::Counts& value);

  using Pairs = std::vector<std::pair<std::string, std::string>>;
  static std::string label_text(const Pairs& scope, Labels labels);

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
  std::string own_label_text(Labels labels) const;

  const int buckets_per_octave_;
  const std::string process_;
  std::map<std::string, Family, std::less<>> families_;
  int64_t left_out_ = 0;
};

}  // namespace og
