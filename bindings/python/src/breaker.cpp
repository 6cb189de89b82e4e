// SPDX-License-Identifier: Apache-2.0
#include "breaker.h"

#include <algorithm>

#include "in_scope.h"

namespace outgrow::python::breaker_members {
namespace {

// Before it is asked for, in the middle of another error.
void check_ignore(const py::object &ignore) {
  auto is_class = [](py::handle each) { return PyExceptionClass_Check(each.ptr()) != 0; };
  bool right = ignore.is_none() || is_class(ignore);
  if (PyTuple_Check(ignore.ptr())) {
    const auto all = py::reinterpret_borrow<py::tuple>(ignore);
    right = std::all_of(all.begin(), all.end(), is_class);
  }
  if (!right) {
    raise_type("ignore must be an exception class or a tuple of them, not " +
               std::string(py::repr(ignore)));
  }
}

}  // namespace

std::unique_ptr<Breaker> make(const py::object &clock, const py::object &ignore,
                              const py::object &scope, const py::object &name,
                              const py::kwargs &options) {
  check_ignore(ignore);
  auto breaker = make_noun_in<Breaker>(scope, name, options, clock, og_breaker_create_in);
  breaker->ignore = ignore;
  return breaker;
}

}  // namespace outgrow::python::breaker_members
