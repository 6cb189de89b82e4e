// SPDX-License-Identifier: Apache-2.0
#include "numbers.h"

#include <datetime.h>

#include <cmath>
#include <limits>
#include <string>

#include "core/base/quantity.h"
#include "errors.h"

namespace outgrow::python {
namespace {

constexpr const char *kTooLong = "is longer than 292 years";

[[noreturn]] void wrong_type(const char *name, const char *wanted, PyObject *value) {
  raise_type(std::string(name) + " must be " + wanted + ", not " + Py_TYPE(value)->tp_name);
}

[[noreturn]] void wrong_value(const char *name, const char *fault) {
  raise(OG_INVALID_ARGUMENT, std::string(name) + " " + fault, name);
}

}  // namespace

void load_timedelta() {
  PyDateTime_IMPORT;
  if (PyDateTimeAPI == nullptr) throw py::error_already_set();
}

int64_t to_int64(PyObject *value, const char *name) {
  if (!PyIndex_Check(value)) wrong_type(name, "an int", value);
  int overflow = 0;
  long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (overflow != 0) wrong_value(name, "does not fit into 64 bits");
  if (number == -1 && PyErr_Occurred() != nullptr) throw py::error_already_set();
  return number;
}

int64_t to_natural(PyObject *value, const char *name) {
  int64_t number = to_int64(value, name);
  if (number < 0) wrong_value(name, "must not be negative");
  return number;
}

double to_double(PyObject *value, const char *name) {
  if (!PyFloat_Check(value) && !PyIndex_Check(value)) wrong_type(name, "a number", value);
  double number = PyFloat_AsDouble(value);
  if (number != -1 || PyErr_Occurred() == nullptr) return number;
  if (PyErr_ExceptionMatches(PyExc_OverflowError) == 0) throw py::error_already_set();
  PyErr_Clear();
  wrong_value(name, "is too large for a float");
}

std::optional<Microseconds> to_microseconds(PyObject *value) {
  if (!PyDelta_Check(value)) return std::nullopt;
  Microseconds total = PyDateTime_DELTA_GET_DAYS(value) * INT64_C(86'400);
  total += PyDateTime_DELTA_GET_SECONDS(value);
  return total * 1'000'000 + PyDateTime_DELTA_GET_MICROSECONDS(value);
}

namespace {

int64_t checked_ns(__int128 ns, const char *name) {
  if (ns < 0) wrong_value(name, "must not be negative");
  if (ns >= OG_NEVER) wrong_value(name, kTooLong);
  return static_cast<int64_t>(ns);
}

// The options' grammar, but with its unit: without one it would be milliseconds there and seconds
// here.
int64_t ns_of_text(PyObject *value, const char *name) {
  Py_ssize_t size = 0;
  const char *data = PyUnicode_AsUTF8AndSize(value, &size);
  if (data == nullptr) throw py::error_already_set();
  const std::string_view text(data, static_cast<size_t>(size));
  const auto ns = og::parse_duration(text);
  const bool has_unit = !text.empty() && text.back() >= 'a' && text.back() <= 'z';
  if (ns && has_unit) return *ns;
  raise(
      OG_INVALID_ARGUMENT,
      std::string(name) + " cannot be " + std::string(py::repr(value)) +
          ": use seconds, a timedelta, or a number with ns, us, ms, s, min, h or d such as '250ms'",
      name);
}

// Nanoseconds of seconds; what is more than none is at least one, as 0 often means for ever.
int64_t rounded_ns(double seconds, const char *name) {
  double ns = seconds * 1e9;
  if (std::isnan(ns)) wrong_value(name, "is not a number");
  if (ns < 0) wrong_value(name, "must not be negative");
  if (std::isinf(seconds)) return OG_NEVER;
  if (ns >= 0x1p63) wrong_value(name, kTooLong);
  if (ns > 0 && ns < 1) return 1;
  return std::llround(ns);
}

}  // namespace

int64_t to_duration(PyObject *value, const char *name) {
  if (auto microseconds = to_microseconds(value)) return checked_ns(*microseconds * 1'000, name);
  if (PyFloat_Check(value)) return rounded_ns(to_double(value, name), name);
  if (PyUnicode_Check(value)) return ns_of_text(value, name);
  if (!PyIndex_Check(value))
    wrong_type(name, "seconds, a timedelta or text such as '250ms'", value);
  int overflow = 0;
  long long seconds = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (seconds == -1 && PyErr_Occurred() != nullptr) throw py::error_already_set();
  if (overflow > 0) wrong_value(name, kTooLong);
  if (overflow < 0) wrong_value(name, "must not be negative");
  return checked_ns(__int128{seconds} * 1'000'000'000, name);
}

double seconds(int64_t ns) {
  if (ns == OG_NEVER) return std::numeric_limits<double>::infinity();
  return static_cast<double>(ns) / 1e9;
}

}  // namespace outgrow::python
