// SPDX-License-Identifier: Apache-2.0
#include "core/scale/offered_load.h"

#include <algorithm>
#include <cmath>

namespace og {
namespace {

constexpr double kMinute = 60e9;
constexpr double kLevelMinutes = 20;
constexpr double kDispersionMinutes = 240;
constexpr double kRiseMinutes = 5;
constexpr double kRunMinutes = 4;
constexpr int32_t kRunSamples = 3;
constexpr double kUnexplained = 2.6;  // deviations

}  // namespace

double sample_weight(double passed, double tau, double samples) {
  return std::max(1 - std::exp(-passed / tau), 1 / samples);
}

double OfferedLoad::scatter(double margin) const {
  return margin * std::sqrt(dispersion_ * base());
}

void OfferedLoad::skip(int64_t now) {
  last_ = std::max(last_, now);
  learned_ = std::max(learned_, now);
  minute_.clear();
  run_ = {};
  slope_ = 0;
}

void OfferedLoad::state(StateArchive& archive) {
  for (double* each : {&level_, &dispersion_, &rise_, &slope_, &samples_}) archive.value(*each);
  archive.time(last_);
  archive.time(learned_);
  minute_.state(archive);
  archive.time(run_.since);
  archive.value(run_.first);
  archive.value(run_.sum);
  archive.value(run_.samples);
}

void OfferedLoad::add(int64_t now, double load, int64_t start_ns) {
  if (now <= last_) return;
  last_ = now;
  minute_.add(now, load);
  if (learned_ >= 0 && now - learned_ < LastMinute::kSpanNs) return;
  const double minutes = learned_ < 0 ? 0 : static_cast<double>(now - learned_) / kMinute;
  learned_ = now;
  const double mean = minute_.mean();
  learn(mean, minutes);
  watch(now, mean, minutes, static_cast<double>(start_ns) / kMinute);
}

void OfferedLoad::learn(double load, double minutes) {
  samples_ += 1;
  if (samples_ == 1) {
    level_ = load;
    return;
  }
  const double residual = load - level_;
  const double squared = std::min(residual * residual, 9 * dispersion_ * level_ + 0.1);
  dispersion_ += sample_weight(minutes, kDispersionMinutes, samples_ + 1) *
                 (squared / std::max(level_, 0.1) - dispersion_);
  level_ += sample_weight(minutes, kLevelMinutes, samples_) * residual;
  rise_ = level_ + std::max(rise_ - level_, 0.0) * std::exp(-minutes / kRiseMinutes);
}

void OfferedLoad::watch(int64_t now, double load, double minutes, double start_minutes) {
  if (load <= level_ + kUnexplained * std::sqrt(dispersion_ * level_)) {
    run_ = {};
    slope_ = 0;
    return;
  }
  const double ahead = start_minutes + minutes;
  if (slope_ > 0) rise_ = load + slope_ * ahead;
  if (run_.samples == 0) run_ = {.since = now, .first = load};
  run_.sum += load;
  ++run_.samples;
  const double length = static_cast<double>(now - run_.since) / kMinute;
  if (run_.samples < kRunSamples || length < kRunMinutes) return;
  slope_ = std::max((load - run_.first) / length, 0.0);
  level_ = run_.sum / run_.samples;
  rise_ = std::max(rise_, load + slope_ * ahead);
  run_ = {};
}

}  // namespace og
