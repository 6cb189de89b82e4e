// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "core/scope/scope.h"

namespace og {

// Whether the processes behind attachments live, asked of the kernel once each: for one sweep.
class Living {
 public:
  explicit Living(const Scope& scope) : scope_(scope) {}

  bool operator()(uint64_t attachment) noexcept {
    if (attachment == 0) return true;
    Known& known = known_[attachment % known_.size()];
    if (known.attachment != attachment) known = {attachment, scope_.is_alive(attachment)};
    return known.lives;
  }

 private:
  struct Known {
    uint64_t attachment;
    bool lives;
  };
  const Scope& scope_;
  std::array<Known, 64> known_{};
};

}  // namespace og
