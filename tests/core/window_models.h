// SPDX-License-Identifier: Apache-2.0
// Models of fixed windows and of two-counter windows that anyone can check: a table of what passed
// in each window, and the formula in fractions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "core/limit/limiter.h"
#include "tests/catch.h"

namespace og::test {

inline constexpr int64_t kSecond = 1'000'000'000, kMs = 1'000'000;

// What passed of a key, by the number of the window.
struct Windows {
  int64_t count, period, begin;
  std::map<int64_t, int64_t> passed{};

  // A time before the first decision of all, or before the key's latest window, is that one's.
  int64_t counted_at(int64_t now) const {
    const int64_t at = std::max(now, begin);
    return passed.empty() ? at : std::max(at, passed.rbegin()->first * period);
  }
  int64_t in(int64_t window) const {
    const auto found = passed.find(window);
    return found == passed.end() ? 0 : found->second;
  }
  void take(int64_t now, int64_t cost) { passed[counted_at(now) / period] += cost; }
};

struct FixedModel : Windows {
  int64_t wait(int64_t now, int64_t cost) const {
    const int64_t window = counted_at(now) / period;
    return in(window) + cost <= count ? 0 : (window + 1) * period - now;
  }
  int64_t used(int64_t now) const { return in(counted_at(now) / period); }
  int64_t idle_after(int64_t now) const { return (passed.rbegin()->first + 1) * period - now; }
};

struct CounterModel : Windows {
  // previous * (period - elapsed) / period + present, times the period.
  __int128 weight(int64_t at) const {
    const int64_t window = at / period;
    return __int128{in(window - 1)} * (period - at % period) + __int128{in(window)} * period;
  }
  bool passes(int64_t at, int64_t cost) const {
    return weight(at) + __int128{cost} * period <= __int128{count} * period;
  }
  // The first time at which it passes, looked for: what is counted only gets less.
  int64_t wait(int64_t now, int64_t cost) const {
    int64_t no = counted_at(now), yes = no + 2 * period;
    if (passes(no, cost)) return 0;
    while (yes - no > 1) {
      const int64_t middle = no + (yes - no) / 2;
      (passes(middle, cost) ? yes : no) = middle;
    }
    return yes - now;
  }
  int64_t idle_after(int64_t now) const { return (passed.rbegin()->first + 2) * period - now; }
  int64_t used(int64_t now) const {
    return static_cast<int64_t>((weight(counted_at(now)) + period - 1) / period);
  }
};

inline std::unique_ptr<Limiter> make_limiter(const std::string& policy, const std::string& rate,
                                             int64_t keys = 64) {
  Config config;
  config.set("rate", rate);
  config.set("policy", policy);
  config.set_int("keys", keys);
  auto made = Limiter::create(config, make_manual_clock(0));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

inline std::string text_of(int64_t count, int64_t period_ns) {
  return std::to_string(count) + "/" + std::to_string(period_ns) + "ns";
}

// Mostly forward, by steps of all sizes around `step`; sometimes back.
struct Schedule {
  std::mt19937_64 random;
  int64_t now, step;
  int64_t draw(int64_t below) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(below));
  }
  int64_t next() {
    switch (draw(8)) {
      case 0:
        return now;
      case 1:
        return now = std::max<int64_t>(0, now - draw(step + 1));
      case 2:
        return now += draw(8 * step + 1);
      case 3:
        return ++now;
      default:
        return now += draw(step + 1);
    }
  }
};

}  // namespace og::test
