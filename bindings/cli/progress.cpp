// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/progress.h"

#include <iostream>

namespace og::cli {

Progress::~Progress() {
  if (shown_) std::cerr << "\r\x1b[K" << std::flush;
}

void Progress::show(const std::string& line) {
  if (!wanted_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds(100);
  shown_ = true;
  std::cerr << "\r\x1b[K" << line << std::flush;
}

}  // namespace og::cli
