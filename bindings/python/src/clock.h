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

  // Tells those that sleep by it; a copy of the list, as they leave it meanwhile.
  void moved() {
    if (watchers.empty()) return;
    py::list all(watchers.attr("copy")());
    for (const py::handle &watcher : all) watcher();
  }

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

}  // namespace outgrow::python
