// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <outgrow/replicas_calls.hpp>

namespace outgrow {

// Which database node takes a call: replicas.h has the rules. Node 0 is the primary; the replicas
// count from 1. Hot calls allocate nothing and hold no lock; safe from every thread.
class ReplicaRouter : public detail::ReplicasCalls {
 public:
  using ReplicasCalls::ReplicasCalls;

  // Chooses the node for a write or a read, and counts the call in flight.
  [[nodiscard]] Ticket acquire(Operation operation) {
    std::int32_t node = OG_NONE;
    std::int64_t ticket = og_replicas_acquire(handle(), operation == Operation::write, &node);
    return Ticket(handle(), detail::checked(ticket, "og_replicas_acquire"), node);
  }
  [[nodiscard]] Ticket acquire_at(Operation operation, Time now) {
    std::int32_t node = OG_NONE;
    std::int64_t ticket =
        og_replicas_acquire_at(handle(), operation == Operation::write, detail::ns(now), &node);
    return Ticket(handle(), detail::checked(ticket, "og_replicas_acquire_at"), node);
  }
};

}  // namespace outgrow
