// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pybind11/pybind11.h>

namespace outgrow::python {

namespace py = pybind11;

// What a decorator makes of a function: a callable with the function's name, doc and signature,
// whose call is C++ code. As a member of a class it binds like a function.
struct Wrapper {
  PyObject ob_base;
  vectorcallfunc vectorcall;
  PyObject *noun;
  PyObject *function;
  PyObject *key;    // of the limiter's and the cache's: a callable, a constant, or nullptr
  PyObject *extra;  // of the limiter's: its cost; of the cache's: what loads
  PyObject *dict;
  PyObject *weak_references;
};

py::object wrap(const py::object &noun, const py::object &function, vectorcallfunc call,
                const py::object &key = {}, const py::object &extra = {});

// The key of a call: key(*args, **kwargs), or key itself. A new reference; nullptr or thrown on
// error.
PyObject *key_of_call(const Wrapper &wrapper, PyObject *const *args, size_t count, PyObject *names);

}  // namespace outgrow::python
