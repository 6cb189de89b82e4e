// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace og {

// Jump consistent hash (Lamping, Veach 2014, "A Fast, Minimal Memory, Consistent Hash Algorithm"):
// a bucket of [0, buckets) for a hash, buckets > 0. From n to m > n buckets a key stays or goes to
// one of the new ones, with probability (m - n) / m: no assignment moves less. No memory; O(ln
// buckets).
//
// The doubles are as in the paper, so that every implementation of it agrees: products and
// quotients of IEEE 754 doubles are the same everywhere.
inline int32_t jump_hash(uint64_t hash, int32_t buckets) noexcept {
  int64_t bucket = -1;
  int64_t next = 0;
  while (next < buckets) {
    bucket = next;
    hash = hash * 2862933555777941757u + 1;
    next = static_cast<int64_t>(
        static_cast<double>(bucket + 1) *
        (static_cast<double>(int64_t{1} << 31) / static_cast<double>((hash >> 33) + 1)));
  }
  return static_cast<int32_t>(bucket);
}

}  // namespace og
