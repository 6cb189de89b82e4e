// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

#include "core/base/options.h"
#include "core/base/time.h"
#include "core/limit/limit_epochs.h"
#include "core/limit/limit_words.h"
#include "core/limit/token_units.h"

namespace og {

// How a key that has rested comes back to its rate: Guava's SmoothWarmingUp, which Sentinel's
// WarmUpController is made after. With a rate r, a warm-up of W and a cold factor c:
//
//   stored     permits that a key has not used, from 0 (warm) to `most` (cold)
//   threshold  W * r / 2
//   most       threshold + 2 * W * r / (1 + c)
//
// A permit out of the store costs time: 1 / r up to the threshold and from there in a straight line
// up to c / r at `most`. So that of a cold key costs c / r, and to go from `most` to the threshold
// takes W. What is not in the store costs 1 / r. Who asks gets its permits at the key's next free
// time and moves that by what they cost: each waits for those before it. In rest the store fills,
// from nothing to `most` in W.
//
// (Sentinel's threshold is W * r / (c - 1), which is the same at c = 3 alone. It counts whole
// tokens once a second; here each request counts when it comes.)
//
// All of it is in integers:
//
//   - time goes by a 2^time_bits-th of 1 / r, permits by their 2^permit_bits-th
//   - `most` and what of it is above the threshold are rounded down
//   - a permit's cost, the present, and what is in the store after a rest are rounded up. So none
//     comes earlier than the formula says of that store, and none of a warm key is ever late: it
//     costs a whole number
//
// Both bits are as many as let nine years of the one, and `most` of the other, fit in a cell.
class WarmUpUnits {
 public:
  using Wide = unsigned __int128;
  struct State {
    uint64_t next = 0;    // when it is free again
    uint64_t warmth = 0;  // what is not stored, of `most`
  };

  static constexpr int kTagBits = 20;                        // of the warmth
  static constexpr uint64_t kMostCost = 86'400'000'000'000;  // ns, of one request

  // Nothing: permits are too many, too few, or too far apart for that.
  static bool create(Rate rate, int64_t warm_up_ns, double cold_factor, int64_t max_wait_ns,
                     WarmUpUnits& made) noexcept {
    constexpr int kMostBits = 12, kLeastBits = 4, kFiner = 24;
    made.cold_ = static_cast<uint64_t>(cold_factor * kOne + 0.5);
    made.max_wait_ = static_cast<uint64_t>(max_wait_ns);
    for (int bits = kMostBits; bits >= kLeastBits; --bits) {
      made.permit_bits_ = bits;
      if (!made.fill(rate, static_cast<uint64_t>(warm_up_ns))) continue;
      int finest = bits + kFiner;
      while (finest >= kLeastBits && !made.count_by(rate, warm_up_ns, finest)) --finest;
      if (finest >= (bits == kLeastBits ? kLeastBits : bits)) return made.most_cost() > 0;
    }
    return false;
  }

  LimitWords words() const noexcept {
    const auto bits = [](int of) { return static_cast<uint64_t>(of); };
    return {n_,
            p_,
            warm_up_ << 6 | bits(time_bits_),
            most_ | cold_ << kStoreBits | bits(permit_bits_) << (kStoreBits + kColdBits),
            0,
            max_wait_};
  }
  // Scribbled over, they are none that create() gives, and still divide.
  static WarmUpUnits of(const LimitWords& words) noexcept {
    WarmUpUnits units;
    units.n_ = std::max<uint64_t>(words[0], 1);
    units.p_ = std::max<uint64_t>(words[1], 1);
    units.warm_up_ = std::max<uint64_t>(words[2] >> 6, 1);
    units.time_bits_ = static_cast<int>(words[2] & 63);
    units.most_ = std::max<uint64_t>(words[3] & ((uint64_t{1} << kStoreBits) - 1), 1);
    units.cold_ = words[3] >> kStoreBits & ((uint64_t{1} << kColdBits) - 1);
    units.permit_bits_ = static_cast<int>(words[3] >> (kStoreBits + kColdBits));
    units.max_wait_ = words[kBesideSets];
    return units;
  }

  uint64_t floor(uint64_t elapsed) const noexcept {
    return static_cast<uint64_t>(Wide{elapsed} * n_ / p_);
  }
  uint64_t ceil(uint64_t elapsed) const noexcept {
    return static_cast<uint64_t>((Wide{elapsed} * n_ + p_ - 1) / p_);
  }
  // The first time, in ns, whose floor is not under it.
  int64_t when(uint64_t time) const noexcept {
    const Wide ns = (Wide{time} * p_ + n_ - 1) / n_;
    return static_cast<int64_t>(std::min<Wide>(ns, std::numeric_limits<int64_t>::max()));
  }

  // The state at a moment that is not before its next free time: it has rested until then.
  State rested(const State& state, uint64_t now) const noexcept {
    if (now <= state.next) return state;
    const Wide gain = (Wide{now - state.next} * most_ + warm_up_ - 1) / warm_up_;
    return {now, gain < state.warmth ? state.warmth - static_cast<uint64_t>(gain) : 0};
  }
  // When the store is full again.
  uint64_t cold_at(const State& state) const noexcept {
    const Wide rest = (Wide{state.warmth} * warm_up_ + most_ - 1) / most_;
    return state.next + static_cast<uint64_t>(rest);
  }
  // After that many permits, at most most_cost().
  State taken(const State& state, uint64_t permits) const noexcept {
    const uint64_t stored = most_ - std::min(state.warmth, most_);
    const auto wanted = std::min<Wide>(Wide{permits} << permit_bits_, stored);
    const auto out = static_cast<uint64_t>(wanted);
    const uint64_t sloped = slope(), level = most_ - sloped;
    const uint64_t above = stored > level ? stored - level : 0;
    const uint64_t part = std::min(out, above);
    const uint64_t steep = std::max<uint64_t>(cold_, kOne) - kOne;
    Wide over = Wide{part} * (2 * above - part) * steep;
    Wide under = Wide{2 * kOne} * std::max<uint64_t>(sloped, 1);
    if (time_bits_ > permit_bits_)
      over <<= time_bits_ - permit_bits_;
    else
      under <<= permit_bits_ - time_bits_;
    const Wide dearer = (over + under - 1) / under;
    return {state.next + (permits << time_bits_) + static_cast<uint64_t>(dearer),
            state.warmth + out};
  }

  // A cell's value, of which the tag has the rest.
  uint64_t value(const State& state) const noexcept {
    return state.next << low_bits() | (state.warmth & low_mask());
  }
  uint64_t tag(const State& state) const noexcept {
    return state.warmth >> low_bits() & ((uint64_t{1} << kTagBits) - 1);
  }
  State state(uint64_t value, uint64_t tag) const noexcept {
    return {value >> low_bits(), std::min(tag << low_bits() | (value & low_mask()), most_)};
  }
  // What no value is above of a key that is free by then, or by the most that it can be ahead.
  uint64_t greatest(uint64_t elapsed) const noexcept {
    return (ceil(elapsed) + ahead() + 1) << low_bits() | low_mask();
  }

  // Permits that one call can take: of a cold key they cost a day at most.
  int64_t most_cost() const noexcept {
    const uint64_t each = static_cast<uint64_t>((Wide{cold_} << time_bits_) / kOne) + 1;
    return static_cast<int64_t>(floor(kMostCost) / each);
  }
  uint64_t ahead() const noexcept { return ceil(kMostCost); }
  int64_t max_wait() const noexcept {  // ns
    return static_cast<int64_t>(std::min(max_wait_, TokenUnits::kMostWait));
  }

  // For who reckons it otherwise.
  int time_bits() const noexcept { return time_bits_; }
  int permit_bits() const noexcept { return permit_bits_; }
  uint64_t most() const noexcept { return most_; }
  uint64_t slope() const noexcept {  // what of `most` is above the threshold
    return static_cast<uint64_t>(Wide{most_} * (4 * kOne) / (5 * kOne + cold_));
  }
  uint64_t warmth_of(uint64_t warmth, const WarmUpUnits& before) const noexcept {
    return static_cast<uint64_t>(Wide{std::min(warmth, before.most_)} * most_ / before.most_);
  }

 private:
  static constexpr uint64_t kOne = 1000;  // of the cold factor
  static constexpr int kStoreBits = 38, kColdBits = 20;
  static constexpr uint64_t kMostPerNs = 16;

  int low_bits() const noexcept {
    return std::max(0, static_cast<int>(std::bit_width(most_)) - kTagBits);
  }
  uint64_t low_mask() const noexcept { return (uint64_t{1} << low_bits()) - 1; }

  // W * r / 2 + 2 * W * r / (1 + c), of permit_bits.
  bool fill(Rate rate, uint64_t warm_up_ns) noexcept {
    const auto n = static_cast<uint64_t>(rate.count);
    if (n >> 47 != 0) return false;
    const Wide over = (Wide{warm_up_ns} * n << permit_bits_) * (5 * kOne + cold_);
    const Wide most = over / (Wide{static_cast<uint64_t>(rate.period_ns)} * 2 * (kOne + cold_));
    most_ = static_cast<uint64_t>(most);
    return most > 0 && most >> kStoreBits == 0;
  }
  bool count_by(Rate rate, int64_t warm_up_ns, int time_bits) noexcept {
    constexpr uint64_t kLongest =
        LimitEpochs<>::kMaxElapsed + LimitEpochs<>::kSlack + 2 * kMostCost;
    const Wide n = Wide{static_cast<uint64_t>(rate.count)} << time_bits;
    const auto p = static_cast<uint64_t>(rate.period_ns);
    if (n > Wide{kMostPerNs} * p || n >> 62 != 0) return false;
    n_ = static_cast<uint64_t>(n);
    p_ = p;
    time_bits_ = time_bits;
    warm_up_ = std::max<uint64_t>(ceil(static_cast<uint64_t>(warm_up_ns)), 1);
    return Wide{ceil(kLongest)} << low_bits() >> 61 == 0;
  }

  uint64_t n_ = 1, p_ = 1;  // units of time in a ns
  uint64_t warm_up_ = 1;    // units of time
  uint64_t most_ = 1;       // what can be stored
  uint64_t cold_ = kOne;    // the cold factor
  uint64_t max_wait_ = 0;   // ns
  int time_bits_ = 0, permit_bits_ = 0;
};

}  // namespace og
