// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/nearest.h"

#include <algorithm>
#include <numeric>

namespace og::cli {
namespace {

// Levenshtein's, one row at a time.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& known) {
  name = name.substr(0, 64);  // the work is the product of both lengths
  std::string_view nearest;
  std::size_t least = std::string_view::npos;
  for (const std::string_view candidate : known) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  if (nearest.empty()) return {};
  const bool near = least <= name.size() / 3 + 1;
  return (near ? " (did you mean '" : " (the nearest is '") + std::string(nearest) +
         (near ? "'?)" : "')");
}

}  // namespace og::cli
