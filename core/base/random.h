// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/base/hash.h"

namespace og {

// splitmix64 (Steele, Lea, Flood 2014): eight bytes of state, one multiplication chain, passes
// BigCrush. For jitter, sampling and table seeds; not for secrets. One owner a generator.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() { return mix64(state_ += 0x9e3779b97f4a7c15u); }
  uint64_t below(uint64_t n) { return reduce64(next(), n); }
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }  // [0, 1)

 private:
  uint64_t state_;
};

// A seed no client can guess, from the kernel.
uint64_t entropy_seed();

}  // namespace og
