// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "bindings/cli/failure.h"
#include "bindings/cli/figures.h"

namespace og::cli {

inline constexpr std::size_t kWidestName = 48;

class Page {
 public:
  // A noun's name in the left column, then lines about it.
  void topic(const std::string& name) { topic_ = name; }
  void line(const std::string& text) {
    std::string left = topic_;
    left.resize(12, ' ');
    page_ += left + text + "\n";
    topic_.clear();
  }
  void gap() { page_ += "\n"; }
  std::string take() { return std::move(page_); }

 private:
  std::string page_;
  std::string topic_;
};

inline std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

// How wide a column of the first names is: an IPv6 address fits, a line stays below 90 bytes.
template <class Names>
std::size_t width_of(const Names& names, std::size_t shown) {
  std::size_t width = 24;
  for (std::size_t i = 0; i < shown; ++i) {
    width = std::max(width, printable(names[i].name, kWidestName).size());
  }
  return width;
}

// A name in a column, padded on its right.
inline std::string named(const std::string& name, std::size_t width) {
  std::string text = printable(name, kWidestName);
  text.resize(width + 3, ' ');
  return text;
}

// "1 request", "2 requests"
inline std::string some(int64_t count, const std::string& noun) {
  return with_commas(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace og::cli
