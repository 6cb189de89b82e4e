// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace og::cli {

/*
 * How many different things were seen, in memory that stops growing. Up to kExact it keeps every
 * 64-bit hash and counts exactly (any two colliding: 1 in 500 million); past that it goes
 * on as a HyperLogLog of 2^14 registers (Flajolet et al. 2007), standard error 0.8 %.
 */
class DistinctCount {
 public:
  static constexpr int64_t kExact = int64_t{1} << 18;

  DistinctCount();
  void add(uint64_t hash);
  int64_t count() const;
  bool exact() const { return registers_.empty(); }

 private:
  bool insert(uint64_t hash);
  void grow();
  void estimate(uint64_t hash);

  std::vector<uint64_t> slots_;  // open addressing, 0 is free
  int64_t held_ = 0;
  std::vector<uint8_t> registers_;
};

}  // namespace og::cli
