// SPDX-License-Identifier: Apache-2.0
#include "core/scale/upstream.h"

#include <algorithm>
#include <cmath>

#include "core/scale/offered_load.h"

namespace og {
namespace {

constexpr double kWeekMinutes = 7 * 24 * 60;
constexpr double kFewSamples = 60;
constexpr double kUnusual = 4;  // deviations
constexpr int32_t kLowMinutes = 3;

}  // namespace

void Upstream::add(int64_t now, double rate, std::optional<double> usual) {
  if (now <= last_) return;
  last_ = now;
  minute_.add(now, rate);
  if (judged_ >= 0 && now - judged_ < LastMinute::kSpanNs) return;
  const double minutes = judged_ < 0 ? 0 : static_cast<double>(now - judged_) / 60e9;
  judged_ = now;
  if (!usual) {
    bound_ = 0;
    return;
  }
  const double deviation = std::sqrt(std::max(dispersion_, 1.0) * *usual);
  bound_ = samples_ < kFewSamples ? 0 : std::max(*usual - kUnusual * deviation, 0.0);
  const double mean = minute_.mean();
  const bool low = mean < bound_;
  if (!low) accepted_ = false;
  if (since_ && !out(now)) {
    accepted_ = low;
    since_ = std::nullopt;
  }
  low_ = low && !accepted_ ? low_ + 1 : 0;
  if (low_ >= kLowMinutes && !since_ && hold_ns_ > 0) since_ = now;
  if (!low || accepted_) learn(mean, *usual, minutes);
}

void Upstream::learn(double rate, double usual, double minutes) {
  samples_ += 1;
  const double residual = rate - usual;
  const double scale = std::max(usual, 1.0);
  const double of_sample = residual * residual / scale;
  dispersion_ += sample_weight(minutes, kWeekMinutes, samples_) * (of_sample - dispersion_);
}

}  // namespace og
