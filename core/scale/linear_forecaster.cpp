// SPDX-License-Identifier: Apache-2.0
#include "core/scale/linear_forecaster.h"

#include <algorithm>
#include <cmath>

namespace og {
namespace {

constexpr double kHourNs = 3'600e9;
constexpr uint64_t kEpochWeekday = 3;  // 1 January 1970, counted from Monday
// Below this share of their product's scale, sums of squares are rounding, not variation.
constexpr double kSingular = 1e-9;

}  // namespace

LinearForecaster::LinearForecaster(const BinLayout& layout)
    : layout_(layout),
      bins_a_day_((kDayNs + layout.bin_ns - 1) / layout.bin_ns),
      ring_(static_cast<std::size_t>(bins_a_day_)) {}

std::array<double, 2> LinearForecaster::inputs(int64_t bin) const {
  const uint64_t at = start_of(bin, layout_);
  return {static_cast<double>(at % uint64_t{kDayNs}) / kHourNs,
          static_cast<double>((at / uint64_t{kDayNs} + kEpochWeekday) % 7)};
}

void LinearForecaster::observe(int64_t bin, double rate) {
  if (size_ > 0 && bin <= last_bin_) return;
  ring_[next_] = {bin, rate};
  next_ = (next_ + 1) % ring_.size();
  size_ = std::min(size_ + 1, ring_.size());
  last_bin_ = bin;
}

void LinearForecaster::state(StateArchive& archive) {
  const std::size_t size = archive.count(size_, ring_.size());
  const std::size_t oldest = (next_ + ring_.size() - size_) % ring_.size();
  for (std::size_t i = 0; i < size; ++i) {
    Sample sample = ring_[(oldest + i) % ring_.size()];
    archive.value(sample.bin);
    archive.value(sample.rate);
    if (archive.reads()) ring_[i] = sample;
  }
  archive.value(last_bin_);
  if (archive.reads()) next_ = size % ring_.size(), size_ = size;
}

template <class F>
void LinearForecaster::each_recent(F&& f) const {
  for (std::size_t i = 0; i < size_; ++i) {
    if (ring_[i].bin > last_bin_ - bins_a_day_) f(ring_[i]);
  }
}

std::optional<Forecast> LinearForecaster::forecast(int64_t target) const {
  double n = 0, hour = 0, day = 0, rate = 0;
  each_recent([&](const Sample& s) {
    const auto [h, d] = inputs(s.bin);
    n += 1, hour += h, day += d, rate += s.rate;
  });
  if (n < static_cast<double>(kMinSamples)) return std::nullopt;
  hour /= n, day /= n, rate /= n;

  double hh = 0, hd = 0, dd = 0, hr = 0, dr = 0, rr = 0;  // centred sums of products
  each_recent([&](const Sample& s) {
    auto [h, d] = inputs(s.bin);
    h -= hour, d -= day;
    const double r = s.rate - rate;
    hh += h * h, hd += h * d, dd += d * d, hr += h * r, dr += d * r, rr += r * r;
  });

  double per_hour = 0, per_day = 0;
  const double det = hh * dd - hd * hd;
  if (det > kSingular * hh * dd && dd > kSingular * n) {
    per_hour = (hr * dd - dr * hd) / det;
    per_day = (dr * hh - hr * hd) / det;
  } else if (hh > kSingular * n) {
    per_hour = hr / hh;
  }
  const auto [h, d] = inputs(target);
  const double at_target = rate + per_hour * (h - hour) + per_day * (d - day);
  const double residual = std::max(rr - per_hour * hr - per_day * dr, 0.0);
  return Forecast{std::max(at_target, 0.0), std::sqrt(residual / (n - 3))};
}

}  // namespace og
