// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "core/scale/conformal_quantile.h"
#include "core/scale/decayed_level.h"
#include "core/scale/discounted_regression.h"
#include "core/scale/forecaster.h"
#include "core/scale/pending_windows.h"
#include "core/scale/season_profile.h"
#include "core/scale/variable_share.h"

namespace og {

// A forecast for a decision: how high the load will be at its highest, from when an instance that
// is ordered now serves until one that is ordered later could, and what it will stay under with a
// given probability.
//
// Eleven simple forecasters, each asked for that highest load of the window [target, target +
// hold]: the last bin; exponentially smoothed levels over 7 minutes, half an hour and four hours;
// the usual day, by single slots and smoothed over the hour around, and from 14 days on the usual
// week, in half hours; each of the three plus how much the load has lately been above it, which is
// Holt-Winters' additive forecast without a trend; and a discounted regression on all of these,
// which learns directly at the window asked for. By single slots, for what a clock starts: a job at
// ten past each hour is smoothed away by the mean of the hour around.
//
// They are mixed by weights (variable_share.h) on each one's pinball loss at one half, which is its
// absolute error, in units of the mixture's usual one. No one of them is best everywhere: the
// regression on a web server's month, the week on a city's taxis, a slot of the day on a machine
// that runs jobs. The bound is the mixture plus so many deviations of its own errors, which grow as
// the root of the load, as a conformal update says (conformal_quantile.h); the share of windows
// that stay under it is therefore what was asked for, whatever the errors look like.
//
// Pools and their mixtures: Bates and Granger 1969, "The combination of forecasts"; Cesa-Bianchi
// and Lugosi 2006, "Prediction, learning, and games". Levels and seasons: Winters 1960; Taylor
// 2010.
//
// One wild sample must not bend the model for weeks: bins are cut at ten times the usual level.
//
// State: about 8 KB at bins of 5 minutes, and no more than 10 KB at any: 8 bytes a slot of the day
// and of the week, 120 a window that is not over, of which there are at most 33.
class PoolForecaster final : public Forecaster {
 public:
  // Warm after `warmup_bins` bins with a sample; `quantile` of the windows stay under the bound.
  PoolForecaster(const BinLayout& layout, int64_t warmup_bins, double quantile);

  void observe(int64_t bin, double rate) override;
  // Of the highest rate within [target, target + hold].
  std::optional<Forecast> forecast(int64_t target) const override;
  std::optional<double> usual(int64_t bin) const override;
  void state(StateArchive& archive) override;

 private:
  enum Input {
    kLast,
    kFast,
    kMiddle,
    kSlow,
    kDayAhead,
    kDayNow,
    kSlotAhead,
    kSlotNow,
    kWeekAhead,
    kWeekNow,
    kInputs
  };
  using Inputs = std::array<double, kInputs>;
  static constexpr std::size_t kSeasons = 3;  // the smoothed day, its single slots, the week
  static constexpr std::size_t kExperts = 4 + 2 * kSeasons + 1;
  using Experts = std::array<double, kExperts>;

  // What was known and said when a window lay ahead. In floats, which a save writes in half the
  // letters.
  struct Said {
    float scale = 0, rate = 0, spread = 0;
    std::array<float, kInputs> inputs{};
    std::array<float, kExperts> experts{};
    void state(StateArchive& archive);
  };

  double day_at(int64_t bin) const;
  double slot_at(int64_t bin) const;
  double week_at(int64_t bin) const;
  template <class At>
  double highest_of(int64_t target, At at) const;
  Inputs inputs(int64_t target) const;
  Experts experts(const Inputs& x) const;
  double spread_at(double rate) const;
  void learn(const Said& said, double highest);

  const BinLayout layout_;
  const int64_t warmup_bins_;
  SeasonProfile day_, week_;
  DecayedLevel fast_, middle_, slow_, scale_;
  std::array<DecayedLevel, kSeasons> above_;  // how much the load is over each season
  DiscountedRegression<kInputs> regression_;
  VariableShare<kExperts> weights_;
  ConformalQuantile bound_;
  DecayedLevel error_;       // the mixture's, absolute
  DecayedLevel dispersion_;  // its squared error per unit of forecast
  PendingWindows<Said> pending_;
  int64_t first_bin_ = -1, last_bin_ = -1;
  double last_rate_ = 0;
  int64_t seen_ = 0;
};

}  // namespace og
