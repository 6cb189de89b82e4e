// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <span>

namespace og {

// Appends to a line of fixed size; what does not fit is cut. It allocates nothing.
class TextLine {
 public:
  explicit TextLine(std::span<char> out) : rest_(out) {
    if (!rest_.empty()) rest_[0] = '\0';
  }
  void add(const char* text) { add("%s", text); }
  template <class... Args>
  void add(const char* pattern, Args... args) {
    const int written = std::snprintf(rest_.data(), rest_.size(), pattern, args...);
    if (written > 0 && !rest_.empty()) {
      rest_ = rest_.subspan(std::min(static_cast<std::size_t>(written), rest_.size() - 1));
    }
  }

 private:
  std::span<char> rest_;
};

}  // namespace og
