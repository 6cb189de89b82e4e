// SPDX-License-Identifier: Apache-2.0
// What a breaker or a concurrency limiter does around a call: `with guard:`, `async with guard:`,
// guard.call(f, ...) and the function that @guard makes. None of it runs Python code of its own.
#include "breaker.h"
#include "concurrency.h"
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

void Breaker::refuse() {
  // What tries may end any moment; og_breaker_retry_after says when it is given up at the latest.
  const bool tries = check(og_breaker_state(get()), "enter") == OG_BREAKER_HALF_OPEN;
  const int64_t wait = tries ? 0 : check(og_breaker_retry_after(get()), "enter");
  raise_refusal(kRefusal, wait, [&](og_text **out, og_error **error) {
    return og_breaker_refusal(get(), wait, out, error);
  });
}

void Concurrency::refuse() {
  raise_refusal(kRefusal, 0, [&](og_text **out, og_error **error) {
    return og_concurrency_refusal(get(), out, error);
  });
}

namespace {

template <class N>
void enter(N &self, PyObject *object) {
  int64_t permit = self.enter_or_raise();
  if (!give_to_exit(object, permit)) [[unlikely]]
    self.loose.push(permit);
}

template <class N>
PyObject *enter_block(N &self, const Arguments<0> &given) {
  enter(self, given.self);
  return Py_NewRef(given.self);
}

template <class N>
PyObject *enter_async(N &self, const Arguments<0> &given) {
  enter(self, given.self);
  return ready(given.self);
}

template <class N>
void settle_block(PyObject *object, int64_t permit, PyObject *exception_type) {
  N &noun = noun_of<N>(object);
  InUse<N> in_use(noun);
  noun.settle(permit, exception_type);
}

template <class N>
int64_t pop_loose(PyObject *object) {
  return noun_of<N>(object).loose.pop(N::kName);
}

// The call's result; the permit is returned whichever way it ends.
template <class N>
PyObject *guarded(N &self, PyObject *function, PyObject *const *args, size_t count,
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

template <class N>
PyObject *call(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names) {
  return caught([&] {
    if (count == 0) raise_type("call() lacks 'function'");
    if (is_coroutine_function(args[0])) {
      auto guard = py::module_::import("outgrow._guards").attr("guard_coroutine");
      py::object made = guard(py::handle(self), py::handle(args[0]));
      return PyObject_Vectorcall(made.ptr(), args + 1, static_cast<size_t>(count - 1), names);
    }
    return guarded(noun_of<N>(self), args[0], args + 1,
                   static_cast<size_t>(count - 1) | PY_VECTORCALL_ARGUMENTS_OFFSET, names);
  });
}

template <class N>
PyObject *call_wrapped(PyObject *self, PyObject *const *args, size_t count, PyObject *names) {
  auto *wrapper = reinterpret_cast<Wrapper *>(self);
  return caught(
      [&] { return guarded(noun_of<N>(wrapper->noun), wrapper->function, args, count, names); });
}

template <class N>
PyMethodDef call_definition{nullptr,
                            reinterpret_cast<PyCFunction>(reinterpret_cast<void *>(&call<N>)),
                            METH_FASTCALL | METH_KEYWORDS, nullptr};

template <class N>
void bind(py::module_ &module, py::class_<N> &type) {
  const std::string enters = std::string("Enters, or raises ") + N::kRefusal + ".";
  const std::string calls = std::string("function(*args, **kwargs), guarded, or ") + N::kRefusal +
                            ".\nAn async function's call is guarded while it is awaited.";
  method<enter_block<N>>(type, "__enter__($self)", enters.c_str());
  method<enter_async<N>>(type, "__aenter__($self)", "As __enter__.");
  static const BlockExit exit{"__exit__", N::kExit, false, &settle_block<N>, &pop_loose<N>};
  static const BlockExit async_exit{"__aexit__", "As __exit__.", true, &settle_block<N>,
                                    &pop_loose<N>};
  add_block_exit(type, exit);
  add_block_exit(type, async_exit);
  static Signature call_signature;
  call_signature.parse("call($self, function, /, *args, **kwargs)", calls.c_str());
  add_method(type, call_definition<N>, call_signature, call_signature.names.size(), false);
  module.def("_guarded", [](N &noun, const py::object &function) {
    return wrap(py::cast(noun, py::return_value_policy::reference), function, call_wrapped<N>);
  });
}

}  // namespace

void bind_guard(py::module_ &module, py::class_<Breaker> type) { bind(module, type); }
void bind_guard(py::module_ &module, py::class_<Concurrency> type) { bind(module, type); }

}  // namespace outgrow::python
