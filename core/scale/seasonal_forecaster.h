// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "core/scale/decayed_level.h"
#include "core/scale/discounted_regression.h"
#include "core/scale/forecaster.h"

namespace og {

// The load some bins from now, from how high it is and what time of day it will be.
//
// Six inputs: the last bin; exponentially smoothed levels over 7 minutes, half an hour and four
// hours; and the usual load at the target's time of day and at this one (an exponential average
// over days, smoothed over the hour around). A discounted regression learns directly at the
// horizon asked for how much each should count, so a smooth load is followed closely, a noisy one
// averaged, and a daily cycle trusted as far as it has held. Before it has learned, the prior
// speaks: the half-hour level plus the usual change from now until then, which is Holt-Winters'
// additive forecast without trend.
//
// This is the exponentially weighted family of Taylor (2003, "Short-term electricity demand
// forecasting using double seasonal exponential smoothing"; 2010), with the smoothing constants
// spread over several levels and the mixture learned online, instead of one constant fitted
// beforehand. A profile by hour of week as a further input did not pay: it moved the error on
// NASA's log by less than 0.2 % and raised that on a load balancer's count.
//
// One wild sample must not bend the model for weeks: inputs are cut at ten times the usual level.
// The forecast lies between zero and three times the highest input. If the regression has lately
// been worse than its half-hour level alone, that level is the forecast.
//
// State: 16 bytes per bin of a day (4.6 KB at 5 minutes), about 100 per bin of horizon.
class SeasonalForecaster final : public Forecaster {
 public:
  // Warm after `warmup_bins` bins with a sample.
  SeasonalForecaster(const BinLayout& layout, int64_t warmup_bins);

  void observe(int64_t bin, double rate) override;
  std::optional<Forecast> forecast(int64_t target) const override;
  std::optional<double> usual(int64_t bin) const override;
  void state(StateArchive& archive) override;

 private:
  enum Input { kLast, kFast, kMiddle, kSlow, kSeasonAhead, kSeasonNow, kInputs };
  using Inputs = std::array<double, kInputs>;

  struct Slot {
    double mean = 0;
    int64_t days = 0;
  };
  // What was known at `bin`, kept until the bin that it forecast has come.
  struct Origin {
    int64_t bin = -1;
    double scale = 1;
    Inputs inputs{};
  };

  std::size_t slot_of(int64_t bin) const;
  double season(int64_t bin) const;
  Inputs inputs(int64_t target) const;
  double bounded(const Inputs& x) const;
  void learn(int64_t bin, double rate);
  void update_profile(int64_t bin, double rate);

  const BinLayout layout_;
  const int64_t warmup_bins_;
  std::vector<Slot> profile_;
  std::size_t half_width_;  // of the smoothing over neighbouring slots
  std::vector<Origin> origins_;
  DiscountedRegression<kInputs> regression_;
  DecayedLevel fast_, middle_, slow_, scale_;
  int64_t last_bin_ = -1;
  double last_rate_ = 0;
  int64_t seen_ = 0;
  DecayedLevel model_error_, level_error_;  // squared errors of the model and of the level alone
  DecayedLevel dispersion_;                 // squared error per unit of forecast
};

}  // namespace og
