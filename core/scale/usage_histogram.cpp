// SPDX-License-Identifier: Apache-2.0
#include "core/scale/usage_histogram.h"

#include <algorithm>
#include <cmath>

namespace og {
namespace {

constexpr double kMostHalfLives = 100;

double less(double value, double by, double epsilon) {
  return value - by < epsilon ? 0 : value - by;
}

}  // namespace

std::size_t Buckets::count() const {
  const double last =
      growth == 1 ? most / first : std::log(most * (growth - 1) / first + 1) / std::log(growth);
  return static_cast<std::size_t>(std::ceil(last)) + 1;
}

std::size_t Buckets::of(double value) const {
  if (!(value >= first)) return 0;
  const double at =
      growth == 1 ? value / first : std::log(value * (growth - 1) / first + 1) / std::log(growth);
  const std::size_t last = count() - 1;
  return at >= static_cast<double>(last) ? last : static_cast<std::size_t>(at);
}

double Buckets::start(std::size_t bucket) const {
  const auto n = static_cast<double>(bucket);
  return growth == 1 ? n * first : first * (std::pow(growth, n) - 1) / (growth - 1);
}

double Buckets::end(std::size_t bucket) const { return start(std::min(bucket + 1, count() - 1)); }

UsageHistogram::UsageHistogram(const Buckets& buckets, int64_t half_life_ns, double epsilon)
    : buckets_(buckets),
      half_life_ns_(static_cast<double>(half_life_ns)),
      epsilon_(epsilon),
      weights_(buckets.count()),
      low_(weights_.size() - 1) {}

double UsageHistogram::decay(int64_t at) {
  const auto half_lives = [&] {
    return (static_cast<double>(at) - static_cast<double>(*reference_)) / half_life_ns_;
  };
  if (!reference_) {
    const auto half_life = static_cast<int64_t>(half_life_ns_);
    const int64_t over = at % half_life;  // to the closest of its multiples that is a time
    reference_ = at - over +
                 (over >= half_life - over && at - over <= INT64_MAX - half_life ? half_life : 0);
  }
  if (half_lives() > kMostHalfLives) {
    const double moved = std::round(half_lives());
    const double factor = std::exp2(-moved);
    for (double& weight : weights_) weight *= factor;
    total_ *= factor;
    *reference_ += static_cast<int64_t>(std::min(
        moved * half_life_ns_, static_cast<double>((INT64_MAX - *reference_) / 1024 * 1024)));
    find_ends();
  }
  return std::exp2(half_lives());
}

void UsageHistogram::add(double value, double weight, int64_t at) {
  const double added = weight * decay(at);
  const std::size_t bucket = buckets_.of(value);
  weights_[bucket] += added;
  total_ += added;
  if (weights_[bucket] < epsilon_) return;
  low_ = std::min(low_, bucket);
  high_ = std::max(high_, bucket);
}

void UsageHistogram::subtract(double value, double weight, int64_t at) {
  const double taken = weight * decay(at);
  double& held = weights_[buckets_.of(value)];
  held = less(held, taken, epsilon_);
  total_ = less(total_, taken, epsilon_);
  find_ends();
}

double UsageHistogram::percentile(double share) const {
  if (is_empty()) return 0;
  const double wanted = share * total_;
  double sum = 0;
  std::size_t bucket = low_;
  for (; bucket < high_; ++bucket) {
    sum += weights_[bucket];
    if (sum >= wanted) break;
  }
  return buckets_.end(bucket);
}

void UsageHistogram::find_ends() {
  while (weights_[low_] < epsilon_ && low_ + 1 < weights_.size()) ++low_;
  while (weights_[high_] < epsilon_ && high_ > 0) --high_;
}

// Buckets outside the ends hold next to nothing, and are left out.
void UsageHistogram::state(StateArchive& archive) {
  std::size_t first = low_, last = is_empty() ? low_ : high_ + 1;
  if (archive.reads()) std::fill(weights_.begin(), weights_.end(), 0);
  first = archive.count(first, weights_.size() - 1);
  last = archive.count(last, weights_.size());
  for (std::size_t i = first; i < last; ++i) archive.value(weights_[i]);
  archive.value(total_);
  archive.time(reference_);
  if (!archive.reads()) return;
  low_ = weights_.size() - 1;
  high_ = 0;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    if (!std::isfinite(weights_[i]) || weights_[i] < epsilon_) continue;
    low_ = std::min(low_, i);
    high_ = std::max(high_, i);
  }
}

}  // namespace og
