// SPDX-License-Identifier: Apache-2.0
// What a breaker does around a call: `with breaker:`, `async with breaker:`, breaker.call(f, ...) and
// the function that @breaker makes. None of it runs Python code of its own.
#include "guard.h"

#include <pythread.h>

#include <algorithm>

#include "coroutine.h"
#include "method.h"
#include "ready.h"
#include "wrapper.h"

namespace outgrow::python {

void Breaker::settle(int64_t permit, PyObject *exception_type) {
  if (closed()) return;
  if (exception_type == nullptr || exception_type == Py_None) {
    og_breaker_exit(get(), permit, 1);
    return;
  }
  bool ignored = !ignore.is_none() && PyErr_GivenExceptionMatches(exception_type, ignore.ptr());
  if (!ignored && !PyErr_GivenExceptionMatches(exception_type, PyExc_Exception)) {
    og_breaker_cancel(get(), permit);
  } else {
    og_breaker_exit(get(), permit, ignored);
  }
}

void Breaker::refuse() { raise_circuit_open(check(og_breaker_retry_after(get()), "enter")); }

namespace {

// Which frame runs, as a name for it: PyEval_GetFrame would make an object of it.
const void *running_frame() {
#if PY_VERSION_HEX >= 0x030D0000
  return PyThreadState_Get()->current_frame;
#elif PY_VERSION_HEX >= 0x030B0000
  return PyThreadState_Get()->cframe->current_frame;
#else
  return PyThreadState_Get()->frame;
#endif
}

}  // namespace

void Breaker::push(int64_t permit) {
  inside_.push_back({running_frame(), PyThread_get_thread_ident(), permit});
}

int64_t Breaker::pop() {
  const void *frame = running_frame();
  auto found = std::find_if(inside_.rbegin(), inside_.rend(),
                            [&](const Inside &block) { return block.frame == frame; });
  if (found == inside_.rend()) {
    unsigned long thread = PyThread_get_thread_ident();
    found = std::find_if(inside_.rbegin(), inside_.rend(),
                         [&](const Inside &block) { return block.thread == thread; });
  }
  if (found == inside_.rend()) return 0;
  int64_t permit = found->permit;
  inside_.erase(std::next(found).base());
  return permit;
}

void Breaker::forget_other_threads() {
  unsigned long mine = PyThread_get_thread_ident();
  std::erase_if(inside_, [mine](const Inside &block) { return block.thread != mine; });
}

namespace {

PyObject *enter_block(Breaker &self, const Arguments<0> &given) {
  self.push(self.enter_or_raise());
  return Py_NewRef(given.self);
}

PyObject *exit_block(Breaker &self, const Arguments<3> &given) {
  int64_t permit = self.pop();
  if (permit > 0) self.settle(permit, given[0]);
  return boolean(false);
}

PyObject *enter_async(Breaker &self, const Arguments<0> &given) {
  self.push(self.enter_or_raise());
  return ready(given.self);
}

PyObject *exit_async(Breaker &self, const Arguments<3> &given) {
  int64_t permit = self.pop();
  if (permit > 0) self.settle(permit, given[0]);
  return ready(Py_False);
}

// The call's result; the permit is returned whichever way it ends.
PyObject *guarded(Breaker &self, PyObject *function, PyObject *const *args, size_t count,
                  PyObject *names) {
  int64_t permit = self.enter_or_raise();
  PyObject *result = PyObject_Vectorcall(function, args, count, names);
  if (result != nullptr) {
    self.settle(permit, nullptr);
  } else {
    PyObject *type, *value, *traceback;  // set aside: settling may run `ignore`'s own code
    PyErr_Fetch(&type, &value, &traceback);
    self.settle(permit, type);
    PyErr_Restore(type, value, traceback);
  }
  return result;
}

PyObject *call(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names) {
  try {
    if (count == 0) raise_type("call() lacks 'function'");
    if (is_coroutine_function(args[0])) {
      auto guard = py::module_::import("outgrow._guards").attr("guard_coroutine");
      py::object made = guard(py::handle(self), py::handle(args[0]));
      return PyObject_Vectorcall(made.ptr(), args + 1, static_cast<size_t>(count - 1), names);
    }
    return guarded(noun_of<Breaker>(self), args[0], args + 1,
                   static_cast<size_t>(count - 1) | PY_VECTORCALL_ARGUMENTS_OFFSET, names);
  } catch (...) {
    set_python_error();
    return nullptr;
  }
}

PyObject *call_wrapped(PyObject *self, PyObject *const *args, size_t count, PyObject *names) {
  auto *wrapper = reinterpret_cast<Wrapper *>(self);
  try {
    return guarded(noun_of<Breaker>(wrapper->noun), wrapper->function, args, count, names);
  } catch (...) {
    set_python_error();
    return nullptr;
  }
}

PyMethodDef call_definition{
    "call", reinterpret_cast<PyCFunction>(reinterpret_cast<void *>(&call)),
    METH_FASTCALL | METH_KEYWORDS,
    "call($self, function, /, *args, **kwargs)\n--\n\nfunction(*args, **kwargs), counted as a success "
    "or a failure, or CircuitOpen.\nAn async function's call is guarded while it is awaited."};

}  // namespace

void bind_guard(py::module_ &module, py::handle type) {
  method<enter_block>(type, "__enter__($self)", "Enters, or raises CircuitOpen.");
  method<exit_block>(type, "__exit__($self, type, value, traceback)",
                     "Counts a success, or for an Exception a failure.");
  method<enter_async>(type, "__aenter__($self)", "As __enter__.");
  method<exit_async>(type, "__aexit__($self, type, value, traceback)", "As __exit__.");
  auto descriptor = py::reinterpret_steal<py::object>(
      PyDescr_NewMethod(reinterpret_cast<PyTypeObject *>(type.ptr()), &call_definition));
  if (!descriptor) throw py::error_already_set();
  py::setattr(type, "call", descriptor);
  module.def("_guarded", [](const py::object &breaker, const py::object &function) {
    given_noun<Breaker>(breaker, "breaker");
    return wrap(breaker, function, call_wrapped);
  });
}

}  // namespace outgrow::python
