// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "core/fleet/fleet.h"
#include "core/fleet/leased_object.h"

namespace og {

// Where a limiter's workers turn to that find too few tokens in their machine's grants.
class LeaseDoor {
 public:
  static constexpr int64_t kCrowded = -1;

  LeaseDoor(std::shared_ptr<Fleet> fleet, LeasedObject object, GrantCells<>& grants)
      : fleet_(std::move(fleet)), object_(object), board_(object.board()), grants_(grants) {}

  // Asks for `cost` more of the key. 0: it was taken; else ns after which to ask again. kCrowded:
  // the machine asks for too many keys at a time.
  //
  // may_wait: for who has the time from the system's clock. Then a call of a key of which the
  // machine knows nothing waits for the answer, up to the fleet's timeout. Of one that the agent
  // asks for ahead, or of which the server has no more, none waits. With LeaseMode::kExact each
  // call waits that the server has not refused; who may not finds its tokens with a later call.
  int64_t ask(std::string_view key, uint64_t hash, int64_t cost, int64_t now,
              bool may_wait) noexcept;

  // What a call that was not answered is told: until when, at best, it may be.
  int64_t again_after() const noexcept;
  // As the machine knows it, without asking.
  int64_t peek(uint64_t hash, int64_t cost, int64_t now) noexcept;
  // What the server has left, as last heard, and when the bucket is full again.
  AskBoard<>::Told told(uint64_t hash) const noexcept { return board_.told(hash); }

 private:
  struct Wanted {
    std::string_view key;
    uint64_t hash, need, owner;
  };
  int64_t ask_exact(const Wanted& wanted, int64_t now, bool may_wait) noexcept;
  std::optional<int64_t> answer(uint64_t hash, uint64_t need, int64_t now) noexcept;
  int64_t wait_for(uint64_t hash, uint64_t need, int64_t now, uint32_t seen) noexcept;

  const std::shared_ptr<Fleet> fleet_;
  const LeasedObject object_;
  AskBoard<> board_;
  GrantCells<>& grants_;
};

}  // namespace og
