// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/scale/forecast_accuracy.h"
#include "core/scale/forecaster.h"

namespace og {

// Gathers samples of the request rate into bins and hands each finished bin's mean to the
// forecaster, whose past forecasts it keeps account of. Samples older than the open bin come too
// late and are refused.
class RateBins {
 public:
  // `margin` deviations above a forecast are provided for, where it does not say itself how much.
  RateBins(const BinLayout& layout, Forecaster& forecaster, double margin)
      : layout_(layout),
        forecaster_(forecaster),
        margin_(margin),
        accuracy_(layout.horizon_bins, layout.hold_bins,
                  7.0 * static_cast<double>(kDayNs) / static_cast<double>(layout.bin_ns)) {}

  void use(double margin) { margin_ = margin; }

  // `now` is not before -offset_ns. Unsigned: the sum may pass the last int64_t, and is not
  // negative.
  int64_t bin_of(int64_t now) const {
    const uint64_t local = static_cast<uint64_t>(now) + static_cast<uint64_t>(layout_.offset_ns);
    return static_cast<int64_t>(local / static_cast<uint64_t>(layout_.bin_ns));
  }

  bool add(int64_t now, double rate) {
    const int64_t bin = bin_of(now);
    if (bin < open_) return false;
    if (bin > open_) start(bin);
    sum_ += rate;
    count_ += 1;
    return true;
  }

  // What this time of day usually has, where it is known.
  std::optional<double> usual(int64_t now) const { return forecaster_.usual(bin_of(now)); }

  // Ends the open bin if its time is over.
  void advance(int64_t now) {
    if (bin_of(now) > open_) start(bin_of(now));
  }

  // Whether samples used to come and have not for a whole horizon.
  bool silent(int64_t now) const {
    return last_fed_ >= 0 && bin_of(now) - 1 - last_fed_ > layout_.horizon_bins;
  }

  void state(StateArchive& archive) {
    archive.value(open_);
    archive.value(last_fed_);
    archive.value(sum_);
    archive.value(count_);
    forecaster_.state(archive);
  }

  // The forecast one horizon after the last bin that has ended, with its bound. nullopt also when
  // the samples are silent: what the model would say then is a guess.
  std::optional<Forecast> forecast(int64_t now) const {
    if (last_fed_ < 0 || silent(now)) return std::nullopt;
    return provided(forecaster_.forecast(bin_of(now) - 1 + layout_.horizon_bins));
  }

  std::optional<ForecastAccuracy::Figures> accuracy() const { return accuracy_.figures(); }
  void accuracy_state(StateArchive& archive) { accuracy_.state(archive); }

 private:
  void start(int64_t bin) {
    if (count_ > 0) {
      const double rate = sum_ / count_;
      accuracy_.observe(open_, rate);
      forecaster_.observe(open_, rate);
      last_fed_ = open_;
      const auto next = provided(forecaster_.forecast(open_ + layout_.horizon_bins));
      if (next) accuracy_.expect(open_, next->rate, *next->bound);
    }
    open_ = bin;
    sum_ = 0;
    count_ = 0;
  }

  std::optional<Forecast> provided(std::optional<Forecast> forecast) const {
    if (forecast && !forecast->bound) {
      forecast->bound = forecast->rate + margin_ * forecast->deviation;
    }
    return forecast;
  }

  const BinLayout layout_;
  Forecaster& forecaster_;
  double margin_;
  ForecastAccuracy accuracy_;
  int64_t open_ = 0;
  int64_t last_fed_ = -1;
  double sum_ = 0;
  double count_ = 0;
};

}  // namespace og
