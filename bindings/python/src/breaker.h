// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "fork.h"
#include "nouns.h"

namespace outgrow::python {

// A breaker, the calls inside `with breaker:`, and which exceptions are no failures.
class Breaker : public Noun<Breaker, og_breaker, og_breaker_destroy>, Forked {
 public:
  static constexpr const char *kName = "CircuitBreaker";
  using Noun::Noun;

  // A permit, or CircuitOpen.
  int64_t enter_or_raise() {
    int64_t permit = check(og_breaker_enter(get()), "enter");
    if (permit == OG_REFUSED) refuse();
    return permit;
  }

  // Returns the permit of a call that raised an exception of this type, or none: an Exception is a
  // failure unless `ignore` has it, anything else, such as a cancelled task, says nothing. Closed
  // meanwhile is no error: there is nobody left to tell.
  void settle(int64_t permit, PyObject *exception_type);

  // `with` has no place of its own for the permit. The frame that runs the block does: it is the same
  // at both ends, and another's in every other task, generator and thread.
  struct Inside {
    const void *frame;
    unsigned long thread;
    int64_t permit;
  };
  void push(int64_t permit);
  // The permit of the block that ends, or 0. ExitStack ends blocks from another frame: then the
  // thread's latest.
  int64_t pop();

  py::object ignore = py::none();  // None, a class or a tuple of them

  template <class Show>
  void references(Show show) const {
    Noun::references(show);
    show(ignore);
  }

 private:
  [[noreturn]] void refuse();
  // Their permits go uncounted; a half-open one lapses by permit_ms.
  void forget_other_threads() override;
  std::vector<Inside> inside_;
};

}  // namespace outgrow::python
