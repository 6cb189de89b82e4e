// SPDX-License-Identifier: Apache-2.0
#include "waiting.h"

#include <outgrow.h>
#include <pybind11/pybind11.h>

#include <new>

#include "ending.h"

namespace outgrow::python {
namespace py = pybind11;
namespace {

char g_no_gil;  // what a thread that has no GIL has begun

// Whether an event loop runs in this thread: its other tasks are not to stand still, and it may be
// the one that brings the answer.
bool runs_a_loop() {
  PyObject *modules = PyImport_GetModuleDict();
  PyObject *events = PyDict_GetItemString(modules, "asyncio.events");
  if (events == nullptr) return false;
  py::error_scope kept;
  PyObject *loop = PyObject_CallMethod(events, "_get_running_loop", nullptr);
  if (loop == nullptr) PyErr_Clear();
  const bool runs = loop != nullptr && loop != Py_None;
  Py_XDECREF(loop);
  return runs;
}

void *begin() {
  if (ending() || PyGILState_Check() == 0) return &g_no_gil;
  if (runs_a_loop()) return nullptr;
  return new (std::nothrow) WithoutGil;
}
void end(void *begun) {
  if (begun != &g_no_gil) delete static_cast<WithoutGil *>(begun);
}

}  // namespace

void give_up_gil_around_waits() { og_wait_around(begin, end); }

}  // namespace outgrow::python
