// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pybind11/pybind11.h>

namespace outgrow::python {

// An awaitable that is done: `await` gives the value at once, without a turn of the loop.
PyObject *ready(PyObject *value);

}  // namespace outgrow::python
