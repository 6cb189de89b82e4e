// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/histogram.h"
#include "core/base/metric_sink.h"
#include "core/observe/prometheus_text.h"
#include "core/observe/series_table.h"

namespace og {

// A series and what it was when its noun was asked.
struct Sample {
  SeriesKind kind;
  bool is_shared;  // counted by all processes together
  std::string family, help, labels;
  int64_t count = 0;
  double level = 0;
  std::unique_ptr<const Histogram::Counts> histogram{};

  SeriesRecord::Names names() const noexcept { return {family, help, labels}; }
};

// Keeps what nouns give, to be told process by process.
class SampleSink final : public MetricSink {
 public:
  void counter(std::string_view name, std::string_view help, Labels labels,
               int64_t value) override {
    take(SeriesKind::kCounter, name, help, labels).count = value;
  }
  void gauge(std::string_view name, std::string_view help, Labels labels, double value) override {
    take(SeriesKind::kGauge, name, help, labels).level = value;
  }
  void level(std::string_view name, std::string_view help, Labels labels, double value) override {
    take(SeriesKind::kLevel, name, help, labels).level = value;
  }
  void histogram(std::string_view name, std::string_view help, Labels labels,
                 const Histogram& value) override {
    take(SeriesKind::kHistogram, name, help, labels).histogram =
        std::make_unique<const Histogram::Counts>(value.counts());
  }
  const std::vector<Sample>& samples() const noexcept { return samples_; }

 private:
  Sample& take(SeriesKind kind, std::string_view name, std::string_view help, Labels labels) {
    samples_.push_back({kind, is_shared(), std::string(name), std::string(help),
                        PrometheusText::label_text(scope_, labels)});
    return samples_.back();
  }

  std::vector<Sample> samples_;
};

}  // namespace og
