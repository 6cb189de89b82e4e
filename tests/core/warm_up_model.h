// SPDX-License-Identifier: Apache-2.0
// A key that warms up, as Guava's text has it: the store, the next free time, and what a permit
// costs as the area under a line. Once in exact fractions with the roundings that the header of
// core/limit/warm_up_units.h states, and once in floating point without any.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/limit/warm_up_units.h"

namespace og::test {

using Wide = __int128;

// numerator / denominator, both small enough for what is done with them here.
struct Fraction {
  Wide over, under;
  Wide floor() const { return over / under; }
  Wide ceil() const { return (over + under - 1) / under; }
};

struct WarmTerms {
  int64_t n, p;  // n permits in p ns
  int64_t warm_up;
  int64_t cold_thousandths;
};

// Time in parts of a permit's, permits in parts, of which there are 2^time_bits and 2^permit_bits.
struct WarmModel {
  WarmTerms terms;
  int time_bits, permit_bits;
  Wide next = 0, stored = most();

  Wide most() const {  // W r / 2 + 2 W r / (1 + c) = W r (5 + c) / (2 + 2 c)
    const Wide c = terms.cold_thousandths;
    return Fraction{(Wide{terms.warm_up} * terms.n << permit_bits) * (5000 + c),
                    Wide{terms.p} * (2000 + 2 * c)}
        .floor();
  }
  Wide sloped() const {  // what of it is above the threshold: 4 parts in 5 + c
    return Fraction{most() * 4000, 5000 + Wide{terms.cold_thousandths}}.floor();
  }
  Fraction at(int64_t elapsed) const {
    return {Wide{elapsed} * terms.n << time_bits, Wide{terms.p}};
  }
  int64_t ns(Wide time) const {
    return static_cast<int64_t>(Fraction{time * terms.p, Wide{terms.n} << time_bits}.ceil());
  }
  int64_t wait(int64_t elapsed) const {
    if (next <= at(elapsed).floor()) return 0;
    return std::max<int64_t>(ns(next) - elapsed, 1);
  }
  void rest(int64_t elapsed) {
    const Wide now = at(elapsed).ceil();
    if (now <= next) return;
    const Wide all = at(terms.warm_up).ceil();
    stored = std::min(most(), stored + Fraction{(now - next) * most(), all}.ceil());
    next = now;
  }
  void take(int64_t elapsed, int64_t permits) {
    rest(elapsed);
    const Wide out = std::min(stored, Wide{permits} << permit_bits);
    const Wide above = std::max<Wide>(0, stored - (most() - sloped()));
    const Wide steep = std::min(out, above);
    // Over the slope a permit costs 1 + (c - 1) * above / sloped of one at the rate: the mean of
    // both ends, for each of these.
    const Wide c = terms.cold_thousandths;
    const Fraction ends{(c - 1000) * (above + (above - steep)), 1000 * sloped()};
    const Wide dearer =
        sloped() == 0
            ? 0
            : Fraction{(steep * ends.over) << time_bits, (2 * ends.under) << permit_bits}.ceil();
    next += (Wide{permits} << time_bits) + dearer;
    stored -= out;
  }
  // At the moment of a change, as Guava does it.
  void become(const WarmTerms& after, int new_time_bits, int new_permit_bits, int64_t lasted) {
    rest(lasted);
    const int64_t ahead = ns(std::max<Wide>(0, next - at(lasted).ceil()));
    const Wide warmth = most() - stored, of = most();
    *this = WarmModel{after, new_time_bits, new_permit_bits};
    next = at(ahead).ceil();
    stored = most() - Fraction{warmth * most(), of}.floor();
  }
};

struct GuavaModel {
  double rate, warm_up, cold;  // a second, seconds
  double next = 0, stored = most();

  double threshold() const { return warm_up * rate / 2; }
  double most() const { return threshold() + 2 * warm_up * rate / (1 + cold); }
  double wait(double now) const { return std::max(0.0, next - now); }
  void take(double now, double permits) {
    if (now > next) {
      stored = std::min(most(), stored + (now - next) * most() / warm_up);
      next = now;
    }
    const double slope = (cold - 1) / rate / (most() - threshold());
    const double out = std::min(permits, stored), above = std::max(0.0, stored - threshold());
    const double steep = std::min(out, above);
    next += permits / rate + steep * slope * (2 * above - steep) / 2;
    stored -= out;
  }
};

}  // namespace og::test
