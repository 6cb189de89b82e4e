// SPDX-License-Identifier: Apache-2.0
#include "core/scale/seasonal_forecaster.h"

#include <algorithm>
#include <cmath>

namespace og {
namespace {

constexpr double kFastTau = 7.0 * static_cast<double>(kMinuteNs);
constexpr double kMiddleTau = 30.0 * static_cast<double>(kMinuteNs);
constexpr double kSlowTau = 250.0 * static_cast<double>(kMinuteNs);
constexpr double kWeekTau = 7.0 * static_cast<double>(kDayNs);
constexpr double kMemoryTau = 17.0 * static_cast<double>(kDayNs);  // of the regression
constexpr double kRidge = 1;                                       // in squares of the usual level
constexpr double kDayWeight = 0.1;                                 // of a new day in the profile
constexpr double kSeasonHalfWidthNs = 60.0 * static_cast<double>(kMinuteNs);
constexpr double kWildSample = 10;
constexpr double kHighestGrowth = 3;

double in_bins(double ns, const BinLayout& layout) {
  return ns / static_cast<double>(layout.bin_ns);
}

}  // namespace

SeasonalForecaster::SeasonalForecaster(const BinLayout& layout, int64_t warmup_bins)
    : layout_(layout),
      warmup_bins_(std::max<int64_t>(warmup_bins, 1)),
      profile_(static_cast<std::size_t>((kDayNs + layout.bin_ns - 1) / layout.bin_ns)),
      half_width_(std::min(static_cast<std::size_t>(in_bins(kSeasonHalfWidthNs, layout)),
                           (profile_.size() - 1) / 2)),
      origins_(static_cast<std::size_t>(layout.horizon_bins) + 1),
      regression_(std::exp(-1 / in_bins(kMemoryTau, layout)), kRidge, {0, 0, 1, 0, 1, -1}),
      fast_{in_bins(kFastTau, layout)},
      middle_{in_bins(kMiddleTau, layout)},
      slow_{in_bins(kSlowTau, layout)},
      scale_{in_bins(kWeekTau, layout)},
      model_error_{in_bins(kWeekTau, layout)},
      level_error_{in_bins(kWeekTau, layout)},
      dispersion_{in_bins(kWeekTau, layout)} {}

std::size_t SeasonalForecaster::slot_of(int64_t bin) const {
  const uint64_t of_day = start_of(bin, layout_) % uint64_t{kDayNs};
  return static_cast<std::size_t>(of_day / static_cast<uint64_t>(layout_.bin_ns));
}

// The usual load around the bin's time of day: a triangular mean over the slots seen so far, the
// slow level where none has been.
double SeasonalForecaster::season(int64_t bin) const {
  const std::size_t n = profile_.size();
  const std::size_t centre = slot_of(bin);
  double sum = 0;
  double weights = 0;
  for (std::size_t k = 0; k <= 2 * half_width_; ++k) {
    const Slot& slot = profile_[(centre + n + k - half_width_) % n];
    if (slot.days == 0) continue;
    const std::size_t distance = k > half_width_ ? k - half_width_ : half_width_ - k;
    const double weight = static_cast<double>(half_width_ + 1 - distance);
    sum += weight * slot.mean;
    weights += weight;
  }
  return weights > 0 ? sum / weights : slow_.value;
}

std::optional<double> SeasonalForecaster::usual(int64_t bin) const {
  if (profile_[slot_of(bin)].days < 2) return std::nullopt;
  return season(bin);
}

SeasonalForecaster::Inputs SeasonalForecaster::inputs(int64_t target) const {
  return {last_rate_, fast_.value, middle_.value, slow_.value, season(target), season(last_bin_)};
}

double SeasonalForecaster::bounded(const Inputs& x) const {
  const double highest = *std::max_element(x.begin(), x.end());
  return std::clamp(regression_.predict(x), 0.0, kHighestGrowth * highest);
}

void SeasonalForecaster::learn(int64_t bin, double rate) {
  const int64_t from = bin - layout_.horizon_bins;
  if (from < 0) return;
  const Origin& origin = origins_[static_cast<std::size_t>(from) % origins_.size()];
  if (origin.bin != from || origin.scale <= 0) return;
  const double model = bounded(origin.inputs);
  const double error = model - rate;
  const double of_level = origin.inputs[kMiddle] - rate;
  model_error_.update(error * error, 1);
  level_error_.update(of_level * of_level, 1);
  if (model > 0) dispersion_.update(error * error / model, 1);
  Inputs scaled = origin.inputs;
  for (double& x : scaled) x /= origin.scale;
  regression_.observe(scaled, rate / origin.scale);
}

void SeasonalForecaster::update_profile(int64_t bin, double rate) {
  Slot& slot = profile_[slot_of(bin)];
  ++slot.days;
  slot.mean += std::max(kDayWeight, 1.0 / static_cast<double>(slot.days)) * (rate - slot.mean);
}

void SeasonalForecaster::observe(int64_t bin, double rate) {
  if (seen_ > 0 && bin <= last_bin_) return;
  const double usual = std::max(scale_.value, slow_.value);
  if (usual > 0) rate = std::min(rate, kWildSample * usual);
  learn(bin, rate);
  const int64_t elapsed = seen_ > 0 ? bin - last_bin_ : 1;
  fast_.update(rate, elapsed);
  middle_.update(rate, elapsed);
  slow_.update(rate, elapsed);
  scale_.update(rate, 1);
  update_profile(bin, rate);
  last_bin_ = bin;
  last_rate_ = rate;
  ++seen_;
  Origin& origin = origins_[static_cast<std::size_t>(bin) % origins_.size()];
  origin = {bin, scale_.value, inputs(bin + layout_.horizon_bins)};
}

void SeasonalForecaster::state(StateArchive& archive) {
  for (Slot& slot : profile_) {
    archive.value(slot.mean);
    archive.value(slot.days);
  }
  for (Origin& origin : origins_) {
    archive.value(origin.bin);
    archive.value(origin.scale);
    for (double& input : origin.inputs) archive.value(input);
  }
  regression_.state(archive);
  for (DecayedLevel* level :
       {&fast_, &middle_, &slow_, &scale_, &model_error_, &level_error_, &dispersion_}) {
    level->state(archive);
  }
  archive.value(last_bin_);
  archive.value(last_rate_);
  archive.value(seen_);
}

std::optional<Forecast> SeasonalForecaster::forecast(int64_t target) const {
  if (seen_ < warmup_bins_ || target <= last_bin_) return std::nullopt;
  const bool trust = model_error_.value <= level_error_.value;
  const double rate = trust ? bounded(inputs(target)) : middle_.value;
  return Forecast{rate, std::sqrt(dispersion_.value * rate)};
}

}  // namespace og
