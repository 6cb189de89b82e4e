// SPDX-License-Identifier: Apache-2.0
// Python's numbers and durations. Durations are seconds, a timedelta or text with a unit, wherever
// no unit is named; what ends in _ns is whole nanoseconds.
#pragma once

#include <outgrow.h>
#include <pybind11/pybind11.h>

#include <optional>

namespace outgrow::python {

namespace py = pybind11;

// Makes timedelta known; called once, by the module.
void load_timedelta();

// Each names the argument in its errors.
int64_t to_int64(PyObject *value, const char *name);
int64_t to_natural(PyObject *value, const char *name);  // 0 and above
double to_double(PyObject *value, const char *name);
// What no 32-bit number is, no endpoint, node or shard is either.
inline int32_t to_index(int64_t number) {
  return number == static_cast<int32_t>(number) ? static_cast<int32_t>(number) : INT32_MIN;
}
// Nanoseconds of a duration that is not negative; inf is OG_NEVER.
int64_t to_duration(PyObject *value, const char *name);
// Of a timedelta, if it is one; 64 bits do not hold the longest.
using Microseconds = __int128;
std::optional<Microseconds> to_microseconds(PyObject *value);

// A wait in seconds; OG_NEVER is inf.
double seconds(int64_t ns);

}  // namespace outgrow::python
