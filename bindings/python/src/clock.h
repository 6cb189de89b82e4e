// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fork.h"
#include "noun.h"

namespace outgrow::python {

class Clock : public Noun<Clock, og_clock, og_clock_destroy>, Forked {
 public:
  static constexpr const char *kName = "Clock";
  using Noun::Noun;

  bool manual = false;
  py::list watchers;  // called after a manual clock has moved: sleepers

  template <class Show>
  void references(Show show) const {
    Noun::references(show);
    show(watchers);
  }

 private:
  void forget_other_threads() override {
    PyList_SetSlice(watchers.ptr(), 0, PyList_GET_SIZE(watchers.ptr()), nullptr);
  }
};

// The handle of the clock given, or NULL for None.
inline const og_clock *handle_of(const py::object &clock) {
  if (clock.is_none()) return nullptr;
  if (!py::isinstance<Clock>(clock)) {
    raise_type(std::string("clock must be a Clock, not ") + Py_TYPE(clock.ptr())->tp_name);
  }
  return clock.cast<Clock &>().get();
}

}  // namespace outgrow::python
