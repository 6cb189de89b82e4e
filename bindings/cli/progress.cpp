// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/progress.h"

#include <iostream>

#include "bindings/cli/figures.h"

namespace og::cli {

Progress::~Progress() {
  if (shown_) std::cerr << "\r\x1b[K" << std::flush;
}

void Progress::show(int64_t requests, double part) {
  if (!wanted_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds(100);
  shown_ = true;
  std::cerr << "\r\x1b[K" << with_commas(requests) << " requests";
  if (part >= 0) std::cerr << ", " << as_percent(part) << " of the log read";
  std::cerr << std::flush;
}

}  // namespace og::cli
