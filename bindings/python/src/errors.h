// SPDX-License-Identifier: Apache-2.0
// Statuses as Python's exceptions. The classes are outgrow/_errors.py's.
#pragma once

#include <outgrow.h>
#include <pybind11/pybind11.h>

#include <string>

#include "held.h"
#include "interruptible.h"

namespace outgrow::python {

namespace py = pybind11;

// Finds the exception classes and the enums; called once, by the module.
void load_errors();

// Each throws what is now Python's error: py::error_already_set.
[[noreturn]] void raise(og_status status, const std::string &message,
                        const std::string &option = "");
[[noreturn]] void raise(const og_error *error);
[[noreturn]] void raise_closed(const char *noun);
[[noreturn]] void raise_unmade(const char *noun);
[[noreturn]] void raise_type(const std::string &message);

// A TypeError that names the argument, unless it can be iterated over.
void need_iterable(PyObject *value, const char *name);
// A kind of Refused, with how long to wait.
[[noreturn]] void raise_refused(const char *kind, const std::string &message,
                                int64_t retry_after_ns);
// The same with what the noun says: refusal(out, error), of the library's.
template <class Refusal>
[[noreturn]] void raise_refusal(const char *kind, int64_t retry_after_ns, Refusal refusal) {
  Held<og_text, og_text_destroy> text;
  Held<og_error, og_error_destroy> error;
  if (refusal(text.out(), error.out()) != OG_OK) raise(error);
  raise_refused(kind, og_text_data(text), retry_after_ns);
}

// A function's last argument; throws if what it returned was an error. A signal's handler that
// raises ends the function's waits, and what it raised is thrown.
class Checked {
 public:
  operator og_error **() { return error_.out(); }
  template <class Scalar>
  Scalar operator()(Scalar result) {
    Interruptible::check();
    if (error_ != nullptr) raise(error_);
    return result;
  }

 private:
  Held<og_error, og_error_destroy> error_;
  Interruptible interruptible_;
};

// A status in the name of the method.
[[noreturn]] void raise_status(int64_t result, const char *method);

// Scalars of calls that have no og_error: throws for -100 and below. What it throws is made
// elsewhere, so that each call has two instructions of it.
inline int64_t check(int64_t result, const char *method) {
  if (result <= OG_INVALID_ARGUMENT) [[unlikely]]
    raise_status(result, method);
  return result;
}

// Of an argument that cannot be what it is; other errors are check()'s.
[[noreturn]] void raise_wrong(int64_t result, const char *method, const char *wrong,
                              const char *name, PyObject *value);

// What is being thrown, as Python's error, where C++'s exceptions end.
void set_python_error() noexcept;

// What the call gives, for Python to take: nullptr, with Python's error, for what it throws.
template <class Call>
PyObject *caught(Call call) {
  try {
    return call();
  } catch (...) {
    set_python_error();
    return nullptr;
  }
}

// A member of an enum of outgrow/_enums.py.
class Enum {
 public:
  static const Enum status;
  py::object operator()(int64_t value) const;
  explicit constexpr Enum(const char *name) : name_(name) {}

 private:
  const char *name_;
  mutable PyObject *members_ = nullptr;  // {value: member}
};

}  // namespace outgrow::python
