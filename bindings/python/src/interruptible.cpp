// SPDX-License-Identifier: Apache-2.0
#include "interruptible.h"

#include <outgrow.h>
#include <pybind11/pybind11.h>

#include <utility>

#include "ending.h"

namespace outgrow::python {
namespace py = pybind11;
namespace {

thread_local PyObject *t_raised = nullptr;
thread_local int t_waits = 0;  // a store of the program's own may make another

int32_t ask(void *) {
  if (t_raised != nullptr) return 1;
  if (ending()) return 0;
  py::gil_scoped_acquire gil;
  py::error_scope kept;  // what a finalizer runs under
  if (PyErr_CheckSignals() == 0) return 0;
  py::error_already_set error;
  if (error.trace()) PyException_SetTraceback(error.value().ptr(), error.trace().ptr());
  t_raised = error.value().inc_ref().ptr();
  return 1;
}

}  // namespace

Interruptible::Interruptible() {
  if (t_waits++ == 0) og_wait_check(ask, nullptr);
}
Interruptible::~Interruptible() {
  if (--t_waits == 0) og_wait_check(nullptr, nullptr);
}

bool Interruptible::raised() { return t_raised != nullptr; }

void Interruptible::check() {
  if (t_raised == nullptr) [[likely]]
    return;
  PyObject *error = std::exchange(t_raised, nullptr);
  PyErr_Restore(Py_NewRef(Py_TYPE(error)), error, PyException_GetTraceback(error));
  throw py::error_already_set();
}

void Interruptible::check_later() noexcept {
  try {
    check();
  } catch (py::error_already_set &error) {
    if (error.matches(PyExc_KeyboardInterrupt)) return PyErr_SetInterrupt();
    error.discard_as_unraisable("a finalizer of outgrow's");
  }
}

}  // namespace outgrow::python
