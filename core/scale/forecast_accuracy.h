// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

#include "core/scale/decayed_level.h"
#include "core/scale/pending_windows.h"

namespace og {

// How good the forecasts were whose time is over, as averages over a week: the root of the mean
// squared error; the mean absolute error as a share of the mean load (WAPE: Hyndman and Koehler
// 2006, "Another look at measures of forecast accuracy", say why not a mean of shares, which no
// load, or a low one, makes endless); and the share of them whose load was no higher than what was
// provided for, which is what a scaling decision needs of a forecast.
class ForecastAccuracy {
 public:
  struct Figures {
    double root_mean_square;  // requests a minute
    double error_share;       // NaN while there was no load
    double coverage;          // share
  };

  // Forecasts are of the highest rate of windows as PendingWindows has them.
  ForecastAccuracy(int64_t lead_bins, int64_t hold_bins, double week_bins)
      : pending_(lead_bins, hold_bins),
        squared_{week_bins},
        absolute_{week_bins},
        load_{week_bins},
        covered_{week_bins} {}

  // At the end of a bin: its rate, before what was forecast then.
  void observe(int64_t bin, double rate) {
    pending_.observe(bin, rate, [this](const Said& said, double highest) {
      const double error = said.rate - highest;
      squared_.update(error * error, 1);
      absolute_.update(std::abs(error), 1);
      load_.update(highest, 1);
      covered_.update(highest <= said.bound, 1);
    });
  }
  void expect(int64_t bin, double rate, double bound) { pending_.add(bin, {rate, bound}); }

  // nullopt until the time of a forecast is over.
  std::optional<Figures> figures() const {
    if (squared_.count == 0) return std::nullopt;
    return Figures{std::sqrt(squared_.value), absolute_.value / load_.value, covered_.value};
  }

  void state(StateArchive& archive) {
    pending_.state(archive);
    for (DecayedLevel* each : {&squared_, &absolute_, &load_, &covered_}) each->state(archive);
  }

 private:
  struct Said {
    double rate = 0, bound = 0;
    void state(StateArchive& archive) {
      archive.value(rate);
      archive.value(bound);
    }
  };

  PendingWindows<Said> pending_;
  DecayedLevel squared_, absolute_, load_, covered_;
};

}  // namespace og
