// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "answer.h"
#include "method.h"

namespace outgrow::python {

// The Assignment of a ticket, or of the outcome in its place.
inline PyObject *assignment(int64_t ticket, int32_t index) {
  return Answer::assignment(positive_or_status(ticket),
                            index >= 0 ? owned(integer(index)) : Enum::status(index))
      .release()
      .ptr();
}

// release(ticket, success=True, latency=None, *, now_ns=None) over the C functions of a noun.
template <class N, auto kRelease, auto kReleaseAt>
PyObject *release(N &self, const Arguments<4> &given) {
  int64_t ticket = given.integer(0);
  int32_t success = given.truth(1, true);
  int64_t latency = given.duration(2, -1);
  auto now = given.time(3);
  return stood(now ? kReleaseAt(self.get(), ticket, success, latency, *now)
                   : kRelease(self.get(), ticket, success, latency),
               given);
}

template <class N, auto kCancel, auto kCancelAt>
PyObject *cancel_ticket(N &self, const Arguments<2> &given) {
  int64_t ticket = given.integer(0);
  auto now = given.time(1);
  return stood(now ? kCancelAt(self.get(), ticket, *now) : kCancel(self.get(), ticket), given);
}

template <class N, auto kRelease, auto kReleaseAt, auto kCancel, auto kCancelAt>
void bind_tickets(py::handle type) {
  method<release<N, kRelease, kReleaseAt>>(
      type, "release($self, ticket, success=True, latency=None, *, now_ns=None)",
      "The call has ended; latency=None is the time since acquire. False, and nothing recorded, "
      "for a "
      "ticket returned before or expired.");
  method<cancel_ticket<N, kCancel, kCancelAt>>(
      type, "cancel($self, ticket, *, now_ns=None)",
      "The call was not made: nothing is recorded. As release otherwise.");
}

}  // namespace outgrow::python
