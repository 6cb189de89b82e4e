// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <string>

#include "bytes.h"
#include "errors.h"
#include "numbers.h"

namespace outgrow::python {
namespace {

// Every timedelta is less than 2^63 milliseconds.
og_status set_duration(og_config *config, const char *name, Microseconds microseconds) {
  auto ms = static_cast<int64_t>(microseconds / 1000);
  auto us = static_cast<int64_t>(microseconds % 1000);
  if (us == 0) return og_config_set_int(config, name, ms);
  if (ms > INT64_MAX / 1000 - 1) return og_config_set_int(config, name, ms);  // of 292,000 years
  return og_config_set(config, name, (std::to_string(ms * 1000 + us) + "us").c_str());
}

void set_all(og_config *config, const std::string &prefix, const py::dict &options);

void set(og_config *config, const std::string &name, const py::handle &value) {
  PyObject *object = value.ptr();
  og_status status = OG_OK;
  if (object == Py_None) {
    return;
  } else if (PyDict_Check(object)) {
    return set_all(config, name + ".", py::reinterpret_borrow<py::dict>(value));
  } else if (PyBool_Check(object)) {
    status = og_config_set_bool(config, name.c_str(), object == Py_True);
  } else if (PyUnicode_Check(object)) {
    status =
        og_config_set(config, name.c_str(), std::string(to_text(object, name.c_str())).c_str());
  } else if (PyFloat_Check(object)) {
    status = og_config_set_double(config, name.c_str(), PyFloat_AS_DOUBLE(object));
  } else if (auto microseconds = to_microseconds(object)) {
    status = set_duration(config, name.c_str(), *microseconds);
  } else if (PyIndex_Check(object)) {
    status = og_config_set_int(config, name.c_str(), to_int64(object, name.c_str()));
  } else {
    raise_type(name + " must be text, a number, a bool or a timedelta, not " +
               Py_TYPE(object)->tp_name);
  }
  if (status != OG_OK) raise(status, name + ": " + og_status_text(status), name);
}

void set_all(og_config *config, const std::string &prefix, const py::dict &options) {
  for (const auto &[name, value] : options) {
    set(config, prefix + std::string(to_text(name.ptr(), "an option's name")), value);
  }
}

}  // namespace

Config::Config(const py::dict &options) {
  Checked checked;
  checked(og_config_create(&config_, checked));
  try {
    set_all(config_, "", options);
  } catch (...) {
    og_config_destroy(&config_);
    throw;
  }
}

}  // namespace outgrow::python
