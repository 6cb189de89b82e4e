// SPDX-License-Identifier: Apache-2.0
#include "clock.h"

#include "class_members.h"

namespace outgrow::python::clock_members {

py::object manual_clock(const Clock &self) { return py::bool_(self.manual); }
py::object _watchers(const Clock &self) { return self.watchers; }

}  // namespace outgrow::python::clock_members
