// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block_exit.h"
#include "nouns.h"

namespace outgrow::python {

// A breaker, the calls inside `with breaker:`, and which exceptions are no failures.
class Breaker : public Noun<Breaker, og_breaker, og_breaker_destroy> {
 public:
  static constexpr const char *kName = "CircuitBreaker", *kRefusal = "CircuitOpen";
  static constexpr const char *kExit = "Counts a success, or for an Exception a failure.";
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

  py::object ignore = py::none();  // None, a class or a tuple of them
  LoosePermits loose;

  template <class Show>
  void references(Show show) const {
    Noun::references(show);
    show(ignore);
    loose.references(show);
  }

 private:
  [[noreturn]] void refuse();
};

// Adds `with`, `async with`, call and what the decorator needs.
void bind_guard(py::module_ &module, py::class_<Breaker> type);

}  // namespace outgrow::python
