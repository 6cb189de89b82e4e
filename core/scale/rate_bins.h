// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/scale/forecaster.h"

namespace og {

// Gathers samples of the request rate into bins and hands each finished bin's mean to the
// forecaster. Samples older than the open bin come too late and are refused.
class RateBins {
 public:
  RateBins(const BinLayout& layout, Forecaster& forecaster)
      : layout_(layout), forecaster_(forecaster) {}

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

  // The forecast one horizon after the last bin that has ended. nullopt also when the samples are
  // silent: what the model would say then is a guess.
  std::optional<Forecast> forecast(int64_t now) const {
    if (last_fed_ < 0 || silent(now)) return std::nullopt;
    return forecaster_.forecast(bin_of(now) - 1 + layout_.horizon_bins);
  }

 private:
  void start(int64_t bin) {
    if (count_ > 0) {
      forecaster_.observe(open_, sum_ / count_);
      last_fed_ = open_;
    }
    open_ = bin;
    sum_ = 0;
    count_ = 0;
  }

  const BinLayout layout_;
  Forecaster& forecaster_;
  int64_t open_ = 0;
  int64_t last_fed_ = -1;
  double sum_ = 0;
  double count_ = 0;
};

}  // namespace og
