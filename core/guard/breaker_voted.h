// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/fleet/fleet.h"
#include "core/guard/breaker.h"
#include "core/guard/voted_object.h"

namespace og {

// What a breaker has besides in a fleet.
struct Breaker::Voted {
  const std::shared_ptr<Fleet> fleet;
  VotedObject<> object;

  // What the machine's agent is to see at once.
  void tell_agent() noexcept {
    object.ask();
    fleet->asked(object.agent() != 0);
  }
};

}  // namespace og
