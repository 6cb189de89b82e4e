// SPDX-License-Identifier: Apache-2.0
// What the module is made of, a file each.
#pragma once

#include <pybind11/pybind11.h>

namespace outgrow::python {

namespace py = pybind11;

void bind_clock(py::module_ &module);
void bind_limiter(py::module_ &module);
void bind_breaker(py::module_ &module);

}  // namespace outgrow::python
