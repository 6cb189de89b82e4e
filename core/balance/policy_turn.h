// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <utility>

#include "core/balance/endpoints.h"
#include "core/balance/turn.h"

namespace og {

// A policy's turn, which outlives its plans: a balancer's own on the heap; over a set in a segment
// one for all its balancers, in all processes.
class PolicyTurn {
 public:
  // The turn of that name.
  static Result<PolicyTurn> of(EndpointSet& endpoints, std::string_view name) {
    auto memory = endpoints.policy_memory(name, sizeof(Turn));
    if (!memory) return tl::unexpected(std::move(memory.error()));
    return PolicyTurn(std::move(*memory));
  }

  Turn& operator*() const noexcept { return *reinterpret_cast<Turn*>(memory_.data()); }

  // Of a turn that others share, whoever comes first says where it begins.
  void begin(uint64_t start) const noexcept {
    uint64_t untaken = 0;
    (**this).next.compare_exchange_strong(untaken, start);
  }

 private:
  explicit PolicyTurn(CellMemory memory) : memory_(std::move(memory)) {}

  CellMemory memory_;
};

}  // namespace og
