// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/base/options.h"
#include "core/limit/limit_words.h"

namespace og {

// Time and tokens in one integer unit, so that a bucket neither drifts nor loses fractions.
//
// A token is `per_token` units, a nanosecond a little under 16 of them or less: as many as leave
// nine years and a full bucket within 63 bits. When n tokens in p ns, reduced, have n <= 16, a
// token is a multiple of p, a nanosecond is a whole number of units, and decisions are exact.
// (100/s, 7/s, 1000/min, 1/d are such; 999983/s is not.) Otherwise a nanosecond is rounded down at
// the 59th binary place, less than half a unit over nine years, and the start of a refill up to a
// whole unit: a token is never early and at most 1 ns late, however many came before it.
class TokenUnits {
 public:
  // What time it is, in units: rounded down to compare with, up to count from.
  struct Moment {
    uint64_t floor;
    uint64_t ceil;
  };

  static constexpr bool kAreTokens = true;                  // that come evenly
  static constexpr int64_t kMaxElapsed = int64_t{1} << 58;  // 9.1 years of ns
  static constexpr double kMaxPerSecond = 1e9;
  static constexpr uint64_t kMostWait = uint64_t{365} * 86'400'000'000'000;  // ns

  // With room for as many tokens as may be owed beyond an empty bucket. They can be taken for a
  // turn that is so many ns away.
  static Result<TokenUnits> create(Rate rate, int64_t burst, int64_t max_debt = 0,
                                   int64_t max_wait_ns = 0);

  // As they lie in memory that is shared: scribbled over, they are none that create() gives, and
  // still divide.
  LimitWords words() const noexcept {
    return {per_ns_, per_token_, capacity_, static_cast<uint64_t>(burst_), max_debt_, max_wait_};
  }
  static TokenUnits of(const LimitWords& words) noexcept {
    TokenUnits units;
    units.per_ns_ = words[0];
    units.per_token_ = words[1];
    units.capacity_ = words[2];
    units.burst_ = static_cast<int64_t>(words[3]);
    units.max_debt_ = words[kSeldomRead];
    units.max_wait_ = words[kBesideSets];
    return units;
  }

  Moment at(uint64_t elapsed) const noexcept {
    auto product = static_cast<unsigned __int128>(elapsed) * per_ns_;
    auto floor = static_cast<uint64_t>(product >> kPlaces);
    return {floor, floor + ((static_cast<uint64_t>(product) & kFraction) != 0)};
  }

  // The first time, in ns, whose floor is not under `units`.
  int64_t when(uint64_t units) const noexcept {
    const uint64_t per_ns = std::max<uint64_t>(per_ns_, 1);
    auto product = static_cast<unsigned __int128>(units) << kPlaces;
    auto ns = (product + per_ns - 1) / per_ns;
    return ns <= std::numeric_limits<int64_t>::max() ? static_cast<int64_t>(ns)
                                                     : std::numeric_limits<int64_t>::max();
  }

  // A decision on a bucket that will be full at `full`, after the moment's floor.
  struct Taken {
    bool passes;
    uint64_t value = 0;  // when it passes: full then
    int64_t due = 0;     // else, when it would
  };
  Taken take(uint64_t full, const Moment& now, uint64_t need) const noexcept {
    const uint64_t next = full + need;
    if (next - now.floor <= capacity_) return {true, next};
    return {false, 0, when(next - capacity_)};
  }
  // What a new key lacks of a full bucket, where the word of new keys says so: 1 more than the
  // tokens that it begins with, or 0 where that is all.
  uint64_t lacks_at_first(uint64_t of_new_keys) const noexcept {
    const uint64_t has = of_new_keys - 1, burst = static_cast<uint64_t>(burst_);
    return has >= burst ? 0 : std::min((burst - has) * per_token_, capacity_);
  }
  // Whole tokens in it.
  uint64_t left(uint64_t full, const Moment& now) const noexcept {
    const uint64_t owed = std::min(full - now.floor, capacity_);
    return (capacity_ - owed) / std::max<uint64_t>(per_token_, 1);
  }

  uint64_t per_token() const noexcept { return per_token_; }
  uint64_t capacity() const noexcept { return capacity_; }  // of a full bucket
  int64_t burst() const noexcept { return burst_; }
  uint64_t most_debt() const noexcept { return max_debt_ * per_token_; }  // beyond an empty bucket
  int64_t max_wait() const noexcept {                                     // ns
    return static_cast<int64_t>(std::min(max_wait_, kMostWait));
  }
  bool exact() const noexcept { return (per_ns_ & kFraction) == 0; }

 private:
  static constexpr int kPlaces = 59;
  static constexpr uint64_t kFraction = (uint64_t{1} << kPlaces) - 1;

  uint64_t per_ns_ = 0;  // fixed point, kPlaces binary places
  uint64_t per_token_ = 0;
  uint64_t capacity_ = 0;
  int64_t burst_ = 0;
  uint64_t max_debt_ = 0;  // tokens
  uint64_t max_wait_ = 0;  // ns
};

}  // namespace og
