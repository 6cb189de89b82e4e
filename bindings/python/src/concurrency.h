// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block_exit.h"
#include "nouns.h"

namespace outgrow::python {

// A concurrency limiter and the calls inside `with limiter:`.
class Concurrency : public Noun<Concurrency, og_concurrency, og_concurrency_destroy> {
 public:
  static constexpr const char *kName = "ConcurrencyLimiter", *kRefusal = "ConcurrencyFull";
  static constexpr const char *kExit = "Returns the permit.";
  using Noun::Noun;

  // A permit, or ConcurrencyFull.
  int64_t enter_or_raise() {
    int64_t permit = check(og_concurrency_enter(get()), "enter");
    if (permit == OG_FULL) refuse();
    return permit;
  }

  // The call is over, however it ended. Closed meanwhile is no error: there is nobody left to tell.
  void settle(int64_t permit, PyObject *) {
    if (!closed()) og_concurrency_exit(get(), permit);
  }

  LoosePermits loose;

  template <class Show>
  void references(Show show) const {
    Noun::references(show);
    loose.references(show);
  }

 private:
  [[noreturn]] void refuse();
};

// As a breaker's.
void bind_guard(py::module_ &module, py::class_<Concurrency> type);

}  // namespace outgrow::python
