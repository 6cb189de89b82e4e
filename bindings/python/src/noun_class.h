// SPDX-License-Identifier: Apache-2.0
// What every noun's class has: close, closed, a repr, and `with` where it means closing.
#pragma once

#include <pybind11/pybind11.h>

#include "collected.h"
#include "method.h"
#include "nouns.h"

namespace outgrow::python {

template <class N, size_t kCount>
PyObject *close(N &self, const Arguments<kCount> &) {
  self.close_and_tell();
  return none();
}

template <class N>
PyObject *enter_noun(N &self, const Arguments<0> &given) {
  self.get();
  return Py_NewRef(given.self);
}

template <class N>
std::string represent(const N &self) {
  if (self.closed()) return std::string("<closed ") + N::kName + ">";
  std::string text = std::string(N::kName) + "(";
  for (const auto &[name, value] : self.options) {
    if (text.back() != '(') text += ", ";
    text += std::string(py::str(name)) + "=" + std::string(py::repr(value));
  }
  return text + ")";
}

template <class N>
py::class_<N> noun_class(py::module_ &module, const char *doc) {
  py::class_<N> type(module, N::kName, doc, collected<N>());
  type.attr("__module__") = "outgrow";
  type.def_property_readonly("closed", &N::closed, "Whether it is closed; it then takes no calls.");
  type.def_property_readonly(
      "clock", [](const N &self) { return self.clock; },
      "The Clock it was given, or None for the system's.");
  type.def("__repr__", &represent<N>);
  method<close<N, 0>>(type, "close($self)",
                      "Gives its memory up. Once is enough; any further call is a ClosedError.");
  return type;
}

template <class N>
PyObject *refuse_with(N &self, const Arguments<0> &) {
  self.get();
  throw py::type_error(
      std::string("'with' guards nothing by a ") + N::kName +
      ": ask it for each call, by acquire or try_acquire. close() closes it, and so does "
      "contextlib.closing at the end of a block");
}

template <class N, PyObject *(*kEnter)(N &, const Arguments<0> &)>
py::class_<N> with_class(py::module_ &module, const char *doc, const char *enters,
                         const char *leaves) {
  py::class_<N> type = noun_class<N>(module, doc);
  method<kEnter>(type, "__enter__($self)", enters);
  method<close<N, 3>>(type, "__exit__($self, type, value, traceback)", leaves);
  return type;
}

// For nouns whose `with` closes them; CircuitBreaker's and ConcurrencyLimiter's guards a call.
template <class N>
py::class_<N> closing_class(py::module_ &module, const char *doc) {
  return with_class<N, enter_noun<N>>(module, doc, "Itself.", "Closes it.");
}

// For a noun that is asked for each call, whose `with` would be taken for a guard's.
template <class N>
py::class_<N> asked_class(py::module_ &module, const char *doc) {
  return with_class<N, refuse_with<N>>(module, doc, "A TypeError: nothing is guarded.",
                                       "As close().");
}

// For what never changes and needs no closing.
template <class N>
py::class_<N> plain_class(py::module_ &module, const char *doc) {
  py::class_<N> type(module, N::kName, doc, collected<N>());
  type.attr("__module__") = "outgrow";
  return type;
}

}  // namespace outgrow::python
