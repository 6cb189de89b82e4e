// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "core/scale/forecaster.h"

namespace og {

// The tutorial's model: least squares of the rate on hour of day and day of week, over the last 24
// hours, from ten samples on. Kept for comparison and for programs that rely on it: on real traces
// it loses to repeating the last value, because a day's load is no straight line through its hours.
//
// What differs from the tutorial: days count from Monday (the epoch was a Thursday), the time
// asked about follows from the samples rather than from the wall clock, an input that does not
// vary (the day, until midnight) is dropped instead of solved for, and a negative forecast is 0.
//
// State: 16 bytes per bin of a day. forecast() costs one pass over it.
class LinearForecaster final : public Forecaster {
 public:
  explicit LinearForecaster(const BinLayout& layout);

  void observe(int64_t bin, double rate) override;
  std::optional<Forecast> forecast(int64_t target) const override;
  void state(StateArchive& archive) override;

  static constexpr std::size_t kMinSamples = 10;

 private:
  struct Sample {
    int64_t bin;
    double rate;
  };
  std::array<double, 2> inputs(int64_t bin) const;
  // f(sample) for those within the 24 hours up to the last.
  template <class F>
  void each_recent(F&& f) const;

  const BinLayout layout_;
  const int64_t bins_a_day_;
  std::vector<Sample> ring_;
  std::size_t next_ = 0;
  std::size_t size_ = 0;
  int64_t last_bin_ = -1;
};

}  // namespace og
