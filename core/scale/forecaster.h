// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "core/scale/state_archive.h"

namespace og {

// What a model says of a future bin: the expected rate and the standard deviation of its own past
// errors at that level (0 while it has made none); of one that learns it, the rate to provide for.
struct Forecast {
  double rate = 0;
  double deviation = 0;
  std::optional<double> bound = std::nullopt;
};

// A model of the request rate over bins of equal length, numbered from time zero. Bins without a
// sample are skipped, never fed as zero: a silent exporter is not an idle service.
//
// observe() is called once per bin, in rising order; forecast() may be called for any later bin.
// Not thread-safe: the autoscaler serialises. Neither call allocates.
class Forecaster {
 public:
  Forecaster() = default;
  Forecaster(const Forecaster&) = delete;
  Forecaster& operator=(const Forecaster&) = delete;
  virtual ~Forecaster() = default;

  virtual void observe(int64_t bin, double rate) = 0;

  // The rate of `target`, given everything observed; nullopt until the model is warm.
  virtual std::optional<Forecast> forecast(int64_t target) const = 0;

  // What the bin's time of day usually has, where the model has seen it on two days.
  virtual std::optional<double> usual(int64_t) const { return std::nullopt; }

  // What it knows, so that another of the same layout goes on as it would. Bins are of local time,
  // which no clock's start moves.
  virtual void state(StateArchive& archive) = 0;
};

// How the bins lie in time.
struct BinLayout {
  int64_t bin_ns = 300'000'000'000;  // length of a bin
  int64_t offset_ns = 0;             // added to the clock's time for hour and weekday
  int64_t horizon_bins = 3;          // how far ahead the forecast will be asked for
  int64_t hold_bins = 0;             // how many more are looked at from there on
};

inline constexpr int64_t kMinuteNs = 60'000'000'000;
inline constexpr int64_t kDayNs = 86'400'000'000'000;

// When a bin begins; with its offset the time may pass the last int64_t.
inline uint64_t start_of(int64_t bin, const BinLayout& layout) {
  return static_cast<uint64_t>(bin) * static_cast<uint64_t>(layout.bin_ns);
}

}  // namespace og
