// SPDX-License-Identifier: Apache-2.0
// What the module has beside the nouns: what its own Python files call.
#pragma once

#include <pybind11/pybind11.h>

namespace outgrow::python {

namespace py = pybind11;

void bind_argument_key(py::module_ &module);
void bind_acquire_all(py::module_ &module);
void bind_limited(py::module_ &module);
void bind_loading(py::module_ &module);

}  // namespace outgrow::python
