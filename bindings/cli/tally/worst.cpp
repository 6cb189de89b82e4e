// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/tally/worst.h"

#include <algorithm>
#include <iterator>

namespace og::cli {

void WorstNames::add(std::string_view name, uint64_t hash) {
  if (const auto known = names_.find(hash); known != names_.end()) {
    ++known->second.count;
    return;
  }
  if (names_.size() < kNames) {
    names_.emplace(hash, Name{std::string(name.substr(0, kLongestName)), 1});
    return;
  }
  exact_ = false;
  for (auto held = names_.begin(); held != names_.end();) {
    held = --held->second.count == 0 ? names_.erase(held) : std::next(held);
  }
}

std::vector<WorstNames::Name> WorstNames::worst(std::size_t most) const {
  std::vector<Name> all;
  all.reserve(names_.size());
  for (const auto& [hash, name] : names_) all.push_back(name);
  const auto order = [](const Name& left, const Name& right) {
    return left.count != right.count ? left.count > right.count : left.name < right.name;
  };
  most = std::min(most, all.size());
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(most), all.end(), order);
  all.resize(most);
  return all;
}

}  // namespace og::cli
