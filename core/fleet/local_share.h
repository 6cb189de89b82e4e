// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace og {

// A rate as the fleet's scripts take it: `count` tokens in `period_us`, at most `burst` at once.
struct FleetRate {
  int64_t count = 1;
  int64_t period_us = 1'000'000;
  int64_t burst = 1;
};

// What one machine of `machines` may spend of a key without its fleet: that share of the rate and
// of the burst, as a token bucket in the units of the scripts. It is kept up to date with what the
// machine spends while the fleet is there, so that an outage begins with what is left of the share
// and not with a burst.
class LocalShare {
 public:
  // What the machine has spent of the fleet's grants.
  void spent(const FleetRate& rate, int64_t machines, int64_t tokens, int64_t now) noexcept {
    refill(rate, machines, now);
    level_ = std::max<Wide>(level_ - Wide(tokens) * unit(rate, machines), 0);
  }
  // Takes up to `want` tokens, at least `need` or none.
  int64_t take(const FleetRate& rate, int64_t machines, int64_t need, int64_t want,
               int64_t now) noexcept {
    refill(rate, machines, now);
    const auto have = static_cast<int64_t>(level_ / unit(rate, machines));
    const int64_t taken = have < need ? 0 : std::min(have, want);
    level_ -= Wide(taken) * unit(rate, machines);
    return taken;
  }
  // ns until `need` tokens are there; -1: never.
  int64_t wait(const FleetRate& rate, int64_t machines, int64_t need) const noexcept {
    const Wide wanted = Wide(need) * unit(rate, machines);
    if (wanted > capacity(rate, machines)) return -1;
    const Wide missing = wanted - level_;
    return missing <= 0 ? 0 : static_cast<int64_t>((missing + rate.count - 1) / rate.count);
  }
  // Tokens that are there.
  int64_t left(const FleetRate& rate, int64_t machines, int64_t now) noexcept {
    refill(rate, machines, now);
    return static_cast<int64_t>(level_ / unit(rate, machines));
  }
  // Tokens by which it is not full.
  int64_t missing(const FleetRate& rate, int64_t machines, int64_t now) noexcept {
    refill(rate, machines, now);
    return static_cast<int64_t>((capacity(rate, machines) - level_) / unit(rate, machines));
  }
  bool is_full(const FleetRate& rate, int64_t machines, int64_t now) noexcept {
    refill(rate, machines, now);
    return level_ == capacity(rate, machines);
  }

 private:
  using Wide = __int128;

  // A nanosecond refills `count` units.
  static Wide unit(const FleetRate& rate, int64_t machines) noexcept {
    return Wide(rate.period_us) * 1000 * machines;
  }
  // At least one token: a machine's share of a small burst must let something through.
  static Wide capacity(const FleetRate& rate, int64_t machines) noexcept {
    return std::max<Wide>(Wide(rate.burst) * rate.period_us * 1000, unit(rate, machines));
  }
  void refill(const FleetRate& rate, int64_t machines, int64_t now) noexcept {
    const Wide full = capacity(rate, machines);
    if (!is_begun_) level_ = full;
    const int64_t passed = is_begun_ ? std::max<int64_t>(now - at_, 0) : 0;
    level_ = std::min(full, level_ + Wide(passed) * rate.count);
    at_ = is_begun_ ? std::max(at_, now) : now;
    is_begun_ = true;
  }

  Wide level_ = 0;
  int64_t at_ = 0;
  bool is_begun_ = false;
};

}  // namespace og
