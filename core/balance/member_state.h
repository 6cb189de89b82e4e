// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace og {

enum class Membership : uint64_t { kUnused, kMember, kRemoved, kMaking };

// A record's standing, in one word: membership 2 bits, healthy 1, weight 20, number of the
// change 41.
struct MemberState {
  Membership membership;
  bool healthy = true;
  int64_t weight = 0;
};

constexpr int64_t kHeaviestMember = 1'000'000;
constexpr int kHealthyBit = 2, kWeightBit = 3, kChangeBit = 23;

inline int64_t weight_of(uint64_t word) {
  constexpr uint64_t kMask = (uint64_t{1} << (kChangeBit - kWeightBit)) - 1;
  return static_cast<int64_t>(word >> kWeightBit & kMask);
}

inline MemberState unpack(uint64_t word) {
  return {static_cast<Membership>(word & 3), (word >> kHealthyBit & 1) != 0,
          std::min(weight_of(word), kHeaviestMember)};
}

// The word for the change after that of `word`.
inline uint64_t next_word(uint64_t word, MemberState next) {
  return ((word >> kChangeBit) + 1) << kChangeBit |
         static_cast<uint64_t>(next.weight) << kWeightBit | uint64_t{next.healthy} << kHealthyBit |
         static_cast<uint64_t>(next.membership);
}

}  // namespace og
