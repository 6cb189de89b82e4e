// SPDX-License-Identifier: Apache-2.0
#include "coroutine.h"

namespace outgrow::python {

namespace py = pybind11;

bool is_coroutine_function(PyObject *function) {
  if (PyMethod_Check(function)) function = PyMethod_GET_FUNCTION(function);
  if (PyFunction_Check(function)) {
    auto *code = reinterpret_cast<PyCodeObject *>(PyFunction_GET_CODE(function));
    return (code->co_flags & CO_COROUTINE) != 0;
  }
  if (PyCFunction_Check(function) || PyType_Check(function)) return false;
  static const py::handle ask =
      py::object(py::module_::import("outgrow._plain").attr("is_coroutine_function")).release();
  return py::cast<bool>(ask(py::handle(function)));
}

PyObject *plain(PyObject *result, const char *what) {
  if (result == nullptr) return nullptr;
  const PyAsyncMethods *async = Py_TYPE(result)->tp_as_async;
  if (async == nullptr || async->am_await == nullptr) [[likely]]
    return result;
  auto held = py::reinterpret_steal<py::object>(result);
  py::object check = py::module_::import("outgrow._plain").attr("plain");
  return check(held, what, "it is called as a plain function").release().ptr();
}

}  // namespace outgrow::python
