// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pybind11/pybind11.h>

namespace outgrow::python {

// Whether a call of it is to be awaited: an async function or method, a partial of one, or an
// object whose __call__ is.
bool is_coroutine_function(PyObject *function);

// What a plain function returned, a new reference or nullptr, as it is; a TypeError when it is to
// be awaited.
PyObject *plain(PyObject *result, const char *what);

}  // namespace outgrow::python
