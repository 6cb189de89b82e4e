// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "bindings/cli/failure.h"

namespace og::cli {

// One process decides. Held until it ends, however it does: the kernel's lock on a file beside the
// state, or on the configuration where there is none.
class LeaderLock {
 public:
  static Result<LeaderLock> take(const std::string& config, const std::string& state);
  ~LeaderLock();
  LeaderLock(LeaderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  LeaderLock& operator=(LeaderLock&&) = delete;

 private:
  explicit LeaderLock(int file) : file_(file) {}

  int file_;
};

}  // namespace og::cli
