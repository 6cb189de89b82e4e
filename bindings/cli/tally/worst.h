// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace og::cli {

/*
 * The names counted most often, in fixed memory: J. Misra, D. Gries, "Finding Repeated Elements"
 * (1982). While no more than kNames different names were seen the counts are exact; past that each
 * is short by at most (all counts) / kNames. Amortised O(1).
 */
class WorstNames {
 public:
  static constexpr std::size_t kNames = 16384;
  static constexpr std::size_t kLongestName = 256;  // what is kept of one

  struct Name {
    std::string name;
    int64_t count;
  };

  void add(std::string_view name, uint64_t hash);
  std::vector<Name> worst(std::size_t most) const;  // by count, then by name
  bool exact() const { return exact_; }

 private:
  struct AlreadyHashed {
    std::size_t operator()(uint64_t hash) const { return hash; }
  };

  std::unordered_map<uint64_t, Name, AlreadyHashed> names_;
  bool exact_ = true;
};

}  // namespace og::cli
