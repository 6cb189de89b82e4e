// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include "core/balance/cycle_record.h"
#include "core/balance/weighted_cycle.h"

namespace og {

// What plans are drawn up from: the members, and the cycle of weighted round robin, which takes
// long to draw and so is drawn once, for all plans that ask for it. In a segment it may be there
// already, drawn by the process that made the change.
class Draft {
 public:
  explicit Draft(std::span<const Member> members, const CycleRecord* record = nullptr)
      : members_(members), record_(record) {}

  std::span<const Member> members() const noexcept { return members_; }
  // May throw std::bad_alloc.
  const std::shared_ptr<const Cycle>& cycle() {
    if (!cycle_ && record_) cycle_ = record_->read(members_);
    if (!cycle_) {
      cycle_ =
          std::make_shared<const Cycle>(weighted_cycle(members_, longest_cycle(members_.size())));
      drew_ = true;
    }
    return cycle_;
  }
  bool drew() const noexcept { return drew_; }

 private:
  const std::span<const Member> members_;
  const CycleRecord* const record_;
  std::shared_ptr<const Cycle> cycle_;
  bool drew_ = false;
};

}  // namespace og
