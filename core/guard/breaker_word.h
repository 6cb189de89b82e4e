// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace og {

// The first five are public; the others are open and half-open by the word of a fleet, which its
// agent on this machine sets.
enum class BreakerState : int32_t {
  kClosed,
  kOpen,
  kHalfOpen,
  kForcedOpen,
  kForcedClosed,
  kFleetOpen,
  kFleetHalfOpen
};
constexpr bool is_of_fleet(BreakerState state) noexcept {
  return state >= BreakerState::kFleetOpen;
}

// What a breaker is, as one 64-bit word: state 3 bits, count 16, generation 40; and at its end, in
// a state of a fleet's, whether a probe has failed.
struct BreakerWord {
  BreakerState state;
  int64_t count;  // failures in a row while closed, successes while half-open
  int64_t generation;
  bool has_failed = false;

  static constexpr int kStateBits = 3, kCountBits = 16, kGenerationBits = 40;
  static constexpr int64_t kMostCount = (int64_t{1} << kCountBits) - 1;
  static constexpr int64_t kGenerationMask = (int64_t{1} << kGenerationBits) - 1;
  static constexpr int64_t kFirstGeneration = 1;

  uint64_t pack() const noexcept {
    return static_cast<uint64_t>(has_failed) << 63 |
           static_cast<uint64_t>(generation & kGenerationMask) << (kStateBits + kCountBits) |
           static_cast<uint64_t>(count) << kStateBits | static_cast<uint64_t>(state);
  }
  static BreakerWord unpack(uint64_t bits) noexcept {
    const auto part = [bits](int at, int64_t mask) {
      return static_cast<int64_t>(bits >> at) & mask;
    };
    return {static_cast<BreakerState>(bits & 7), part(kStateBits, kMostCount),
            part(kStateBits + kCountBits, kGenerationMask), bits >> 63 != 0};
  }
};

}  // namespace og
