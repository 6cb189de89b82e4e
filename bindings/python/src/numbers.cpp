// SPDX-License-Identifier: Apache-2.0
#include "numbers.h"

#include <datetime.h>

#include <cmath>
#include <limits>
#include <string>

#include "errors.h"

namespace outgrow::python {
namespace {

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
  if (number == -1 && PyErr_Occurred() != nullptr) throw py::error_already_set();
  return number;
}

bool to_microseconds(PyObject *value, int64_t *microseconds) {
  if (!PyDelta_Check(value)) return false;
  int64_t total = PyDateTime_DELTA_GET_DAYS(value) * INT64_C(86'400);
  total += PyDateTime_DELTA_GET_SECONDS(value);
  *microseconds = total * 1'000'000 + PyDateTime_DELTA_GET_MICROSECONDS(value);
  return true;
}

int64_t to_duration(PyObject *value, const char *name) {
  int64_t microseconds = 0;
  double ns = 0;
  if (to_microseconds(value, &microseconds)) {
    ns = static_cast<double>(microseconds) * 1e3;
    if (std::fabs(ns) < 0x1p53) ns = static_cast<double>(microseconds * 1'000);
  } else if (PyFloat_Check(value) || PyIndex_Check(value)) {
    ns = to_double(value, name) * 1e9;
  } else {
    wrong_type(name, "seconds or a timedelta", value);
  }
  if (std::isnan(ns)) wrong_value(name, "is not a number");
  if (ns < 0) wrong_value(name, "must not be negative");
  if (std::isinf(ns)) return OG_NEVER;
  if (ns >= 0x1p63) wrong_value(name, "is longer than 292 years");
  return std::llround(ns);
}

double seconds(int64_t ns) {
  if (ns == OG_NEVER) return std::numeric_limits<double>::infinity();
  return static_cast<double>(ns) / 1e9;
}

}  // namespace outgrow::python
