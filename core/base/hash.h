// SPDX-License-Identifier: Apache-2.0
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace og {

// XXH3: the same bytes give the same number in every process, language and release.
inline uint64_t hash64(std::string_view key) { return XXH3_64bits(key.data(), key.size()); }

inline uint64_t hash64(std::string_view key, uint64_t seed) {
  return XXH3_64bits_withSeed(key.data(), key.size(), seed);
}

// splitmix64's finalizer (Steele, Lea, Flood 2014): spreads an integer over 64 bits.
constexpr uint64_t mix64(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// Maps a uniform 64-bit hash onto [0, n) without division (Lemire 2016).
constexpr uint64_t reduce64(uint64_t hash, uint64_t n) {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(hash) * n) >> 64);
}

}  // namespace og
