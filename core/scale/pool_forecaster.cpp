// SPDX-License-Identifier: Apache-2.0
#include "core/scale/pool_forecaster.h"

#include <algorithm>
#include <cmath>

namespace og {
namespace {

constexpr double kPoolFastTau = 7.0 * static_cast<double>(kMinuteNs);
constexpr double kPoolMiddleTau = 30.0 * static_cast<double>(kMinuteNs);
constexpr double kPoolSlowTau = 250.0 * static_cast<double>(kMinuteNs);
constexpr double kAboveTau = 60.0 * static_cast<double>(kMinuteNs);
constexpr double kPoolWeekTau = 7.0 * static_cast<double>(kDayNs);
constexpr double kPoolMemoryTau = 17.0 * static_cast<double>(kDayNs);  // of the regression
constexpr double kPoolRidge = 1;  // in squares of the usual level
constexpr SeasonProfile::Shape kDay{uint64_t{kDayNs}, uint64_t{5 * kMinuteNs},
                                    uint64_t{60 * kMinuteNs}, 0.1};
constexpr SeasonProfile::Shape kWeek{uint64_t{7 * kDayNs}, uint64_t{30 * kMinuteNs}, 0, 0.3};
constexpr int64_t kWeeklyAfterNs = 14 * kDayNs;
constexpr double kLearningRate = 0.2;  // of the weights
constexpr double kShare = 0.01;
constexpr double kWorstLoss = 10;    // in usual errors: one window must not decide alone
constexpr double kBoundStep = 0.05;  // in deviations
constexpr double kBoundBegin = 2;
constexpr double kLeastLoad = 0.01;  // of the usual level, for the scatter of no load
constexpr double kPoolWildSample = 10;
constexpr double kPoolHighestGrowth = 3;
constexpr int64_t kMostPoints = 16;  // of a window, at which seasons are looked up

double bins_of(double ns, const BinLayout& layout) {
  return ns / static_cast<double>(layout.bin_ns);
}

}  // namespace

void PoolForecaster::Said::state(StateArchive& archive) {
  for (float* each : {&scale, &rate, &spread}) archive.value(*each);
  for (float& each : inputs) archive.value(each);
  for (float& each : experts) archive.value(each);
}

PoolForecaster::PoolForecaster(const BinLayout& layout, int64_t warmup_bins, double quantile)
    : layout_(layout),
      warmup_bins_(std::max<int64_t>(warmup_bins, 1)),
      day_(kDay, static_cast<uint64_t>(layout.bin_ns)),
      week_(kWeek, static_cast<uint64_t>(layout.bin_ns)),
      fast_{bins_of(kPoolFastTau, layout)},
      middle_{bins_of(kPoolMiddleTau, layout)},
      slow_{bins_of(kPoolSlowTau, layout)},
      scale_{bins_of(kPoolWeekTau, layout)},
      above_{DecayedLevel{bins_of(kAboveTau, layout)}, DecayedLevel{bins_of(kAboveTau, layout)},
             DecayedLevel{bins_of(kAboveTau, layout)}},
      regression_(std::exp(-1 / bins_of(kPoolMemoryTau, layout)), kPoolRidge,
                  {0, 0, 1, 0, 0.5, -0.5, 0, 0, 0.5, -0.5}),
      weights_(kLearningRate, kShare),
      bound_(quantile, kBoundStep, kBoundBegin),
      error_{bins_of(kPoolWeekTau, layout)},
      dispersion_{bins_of(kPoolWeekTau, layout)},
      pending_(layout.horizon_bins, layout.hold_bins) {}

double PoolForecaster::day_at(int64_t bin) const {
  return day_.around(start_of(bin, layout_)).value_or(slow_.value);
}

double PoolForecaster::slot_at(int64_t bin) const {
  return day_.at(start_of(bin, layout_)).value_or(slow_.value);
}

// Before the week is known the day stands in for it.
double PoolForecaster::week_at(int64_t bin) const {
  if (last_bin_ - first_bin_ < kWeeklyAfterNs / layout_.bin_ns) return day_at(bin);
  const auto week = week_.at(start_of(bin, layout_));
  return week ? *week : day_at(bin);
}

template <class At>
double PoolForecaster::highest_of(int64_t target, At at) const {
  const int64_t stride = layout_.hold_bins / kMostPoints + 1;
  double highest = 0;
  for (int64_t k = 0; k <= layout_.hold_bins; k += stride) {
    highest = std::max(highest, (this->*at)(target + k));
  }
  return highest;
}

PoolForecaster::Inputs PoolForecaster::inputs(int64_t target) const {
  return {last_rate_,
          fast_.value,
          middle_.value,
          slow_.value,
          highest_of(target, &PoolForecaster::day_at),
          day_at(last_bin_),
          highest_of(target, &PoolForecaster::slot_at),
          slot_at(last_bin_),
          highest_of(target, &PoolForecaster::week_at),
          week_at(last_bin_)};
}

PoolForecaster::Experts PoolForecaster::experts(const Inputs& x) const {
  const double highest = *std::max_element(x.begin(), x.end());
  const auto over = [&](Input season, std::size_t above) {
    return std::max(x[season] + above_[above].value, 0.0);
  };
  return {x[kLast],
          x[kFast],
          x[kMiddle],
          x[kSlow],
          x[kDayAhead],
          x[kSlotAhead],
          x[kWeekAhead],
          over(kDayAhead, 0),
          over(kSlotAhead, 1),
          over(kWeekAhead, 2),
          std::clamp(regression_.predict(x), 0.0, kPoolHighestGrowth * highest)};
}

double PoolForecaster::spread_at(double rate) const {
  return std::sqrt(dispersion_.value * std::max(rate, kLeastLoad * scale_.value));
}

void PoolForecaster::learn(const Said& said, double highest) {
  const double rate = static_cast<double>(said.rate), scale = static_cast<double>(said.scale);
  if (error_.value > 0) {
    Experts losses;
    for (std::size_t i = 0; i < kExperts; ++i) {
      const double missed = std::abs(static_cast<double>(said.experts[i]) - highest);
      losses[i] = std::min(0.5 * missed / error_.value, kWorstLoss);
    }
    weights_.update(losses);
  }
  const double error = highest - rate;
  error_.update(std::abs(error), 1);
  if (said.spread > 0) bound_.update(error / static_cast<double>(said.spread));
  if (scale <= 0) return;
  dispersion_.update(error * error / std::max(rate, kLeastLoad * scale), 1);
  Inputs scaled;
  for (std::size_t i = 0; i < kInputs; ++i) {
    scaled[i] = static_cast<double>(said.inputs[i]) / scale;
  }
  regression_.observe(scaled, highest / scale);
}

void PoolForecaster::observe(int64_t bin, double rate) {
  if (seen_ > 0 && bin <= last_bin_) return;
  const double usual = std::max(scale_.value, slow_.value);
  if (usual > 0) rate = std::min(rate, kPoolWildSample * usual);
  pending_.observe(bin, rate, [&](const Said& said, double highest) { learn(said, highest); });
  const int64_t elapsed = seen_ > 0 ? bin - last_bin_ : 1;
  for (DecayedLevel* level : {&fast_, &middle_, &slow_}) level->update(rate, elapsed);
  scale_.update(rate, 1);
  if (seen_ == 0) first_bin_ = bin;
  last_bin_ = bin;
  last_rate_ = rate;
  above_[0].update(rate - day_at(bin), elapsed);
  above_[1].update(rate - slot_at(bin), elapsed);
  above_[2].update(rate - week_at(bin), elapsed);
  day_.update(start_of(bin, layout_), rate);
  week_.update(start_of(bin, layout_), rate);
  ++seen_;
  if (!pending_.keeps(bin)) return;
  const Inputs x = inputs(bin + layout_.horizon_bins);
  const Experts all = experts(x);
  const double mixed = weights_.mean(all);
  Said said{static_cast<float>(scale_.value), static_cast<float>(mixed),
            static_cast<float>(spread_at(mixed))};
  std::transform(x.begin(), x.end(), said.inputs.begin(),
                 [](double each) { return static_cast<float>(each); });
  std::transform(all.begin(), all.end(), said.experts.begin(),
                 [](double each) { return static_cast<float>(each); });
  pending_.add(bin, said);
}

std::optional<double> PoolForecaster::usual(int64_t bin) const {
  if (day_.samples(start_of(bin, layout_)) < 2) return std::nullopt;
  return week_at(bin);
}

std::optional<Forecast> PoolForecaster::forecast(int64_t target) const {
  if (seen_ < warmup_bins_ || target <= last_bin_) return std::nullopt;
  const double rate = weights_.mean(experts(inputs(target)));
  const double spread = spread_at(rate);
  return Forecast{rate, spread, std::max(rate + bound_.value() * spread, 0.0)};
}

void PoolForecaster::state(StateArchive& archive) {
  day_.state(archive);
  week_.state(archive);
  for (DecayedLevel* level :
       {&fast_, &middle_, &slow_, &scale_, &above_[0], &above_[1], &above_[2]}) {
    level->state(archive);
  }
  regression_.state(archive);
  weights_.state(archive);
  bound_.state(archive);
  error_.state(archive);
  dispersion_.state(archive);
  pending_.state(archive);
  archive.value(first_bin_);
  archive.value(last_bin_);
  archive.value(last_rate_);
  archive.value(seen_);
}

}  // namespace og
