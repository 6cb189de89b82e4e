// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/tally/distinct.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace og::cli {
namespace {

constexpr int kIndexBits = 14;
constexpr std::size_t kRegisters = std::size_t{1} << kIndexBits;

}  // namespace

DistinctCount::DistinctCount() : slots_(4096) {}

void DistinctCount::add(uint64_t hash) {
  hash |= static_cast<uint64_t>(hash == 0);
  if (!exact()) return estimate(hash);
  if (!insert(hash)) return;
  if (++held_ > kExact) {
    registers_.assign(kRegisters, 0);
    for (const uint64_t known : slots_) {
      if (known != 0) estimate(known);
    }
    slots_ = {};
  } else if (static_cast<std::size_t>(held_) * 2 > slots_.size()) {
    grow();
  }
}

// False when it is there already.
bool DistinctCount::insert(uint64_t hash) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    if (slots_[at] == hash) return false;
    if (slots_[at] == 0) {
      slots_[at] = hash;
      return true;
    }
  }
}

void DistinctCount::grow() {
  std::vector<uint64_t> smaller(slots_.size() * 2);
  smaller.swap(slots_);
  for (const uint64_t hash : smaller) {
    if (hash != 0) insert(hash);
  }
}

void DistinctCount::estimate(uint64_t hash) {
  const std::size_t index = hash >> (64 - kIndexBits);
  const uint64_t rest = hash << kIndexBits | uint64_t{1} << (kIndexBits - 1);
  registers_[index] = std::max(registers_[index], static_cast<uint8_t>(std::countl_zero(rest) + 1));
}

// Past kExact no register is still empty but by rare chance, so the small-range correction of the
// paper is not needed; with 64-bit hashes neither is the large-range one.
int64_t DistinctCount::count() const {
  if (exact()) return held_;
  double sum = 0;
  for (const uint8_t rank : registers_) sum += std::ldexp(1.0, -rank);
  const double m = static_cast<double>(kRegisters);
  return std::llround(0.7213 / (1 + 1.079 / m) * m * m / sum);
}

}  // namespace og::cli
