// SPDX-License-Identifier: Apache-2.0
#include "errors.h"

#include <new>
#include <utility>

#include "numbers.h"

namespace outgrow::python {
namespace {

// Kept for the life of the process, as the module is.
PyObject *errors_module = nullptr;

py::object error_class(const char *name) {
  return py::reinterpret_borrow<py::object>(errors_module).attr(name);
}

// Those of errors; what has none of its own is an OutgrowError.
constexpr std::pair<og_status, const char *> kClasses[] = {{OG_INVALID_ARGUMENT, "InvalidArgument"},
                                                           {OG_NULL_HANDLE, "ClosedError"},
                                                           {OG_CLOSED, "ClosedError"},
                                                           {OG_UNKNOWN_OPTION, "UnknownOption"},
                                                           {OG_BAD_VALUE, "BadValue"},
                                                           {OG_IO, "StoreError"},
                                                           {OG_STORE, "StoreError"},
                                                           {OG_TIMEOUT, "StoreTimeout"},
                                                           {OG_FULL, "Full"},
                                                           {OG_UNSUPPORTED, "Unsupported"}};

const char *class_of(og_status status) {
  for (const auto &[each, name] : kClasses) {
    if (each == status) return name;
  }
  return "OutgrowError";
}

[[noreturn]] void throw_instance(const py::object &instance) {
  PyErr_SetObject(py::type::handle_of(instance).ptr(), instance.ptr());
  throw py::error_already_set();
}

}  // namespace

const Enum Enum::status("Status");

py::object Enum::operator()(int64_t value) const {
  if (members_ == nullptr) {
    py::object type = py::module_::import("outgrow._enums").attr(name_);
    members_ = py::object(type.attr("_value2member_map_")).release().ptr();
  }
  py::int_ key(value);
  PyObject *member = PyDict_GetItemWithError(members_, key.ptr());
  if (member == nullptr) return key;
  return py::reinterpret_borrow<py::object>(member);
}

void load_errors() { errors_module = py::module_::import("outgrow._errors").release().ptr(); }

void raise(og_status status, const std::string &message, const std::string &option) {
  if (status == OG_NO_MEMORY) throw std::bad_alloc();
  py::object instance = error_class(class_of(status))(message);
  instance.attr("status") = Enum::status(status);
  if (!option.empty()) instance.attr("option") = option;
  throw_instance(instance);
}

void raise(const og_error *error) {
  raise(og_error_code(error), og_error_message(error), og_error_option(error));
}

void raise_status(int64_t result, const char *method) {
  auto status = static_cast<og_status>(result);
  raise(status, std::string(method) + ": " + og_status_text(status));
}

void raise_wrong(int64_t result, const char *method, const char *wrong, const char *name,
                 PyObject *value) {
  if (result != OG_INVALID_ARGUMENT || (*wrong == '\0' && value == nullptr)) {
    raise_status(result, method);
  }
  std::string message = *wrong == '\0' ? std::string(name) + " cannot be " : wrong;
  if (value != nullptr) message += std::string(py::repr(value));
  raise(OG_INVALID_ARGUMENT, message, name);
}

void raise_closed(const char *noun) { raise(OG_CLOSED, std::string(noun) + " is closed"); }

void raise_unmade(const char *noun) {
  raise(OG_NULL_HANDLE, std::string(noun) + " was made without its __init__");
}

void raise_type(const std::string &message) {
  PyErr_SetString(PyExc_TypeError, message.c_str());
  throw py::error_already_set();
}

void need_iterable(PyObject *value, const char *name) {
  if (Py_TYPE(value)->tp_iter != nullptr || PySequence_Check(value) != 0) return;
  raise_type(std::string(name) + " must be an iterable, not " + Py_TYPE(value)->tp_name);
}

void raise_refused(const char *kind, const std::string &message, int64_t retry_after_ns) {
  py::object instance = error_class(kind)(message);
  instance.attr("retry_after") = seconds(retry_after_ns);
  throw_instance(instance);
}

void set_python_error() noexcept {
  try {
    throw;
  } catch (py::error_already_set &error) {
    error.restore();
  } catch (const py::builtin_exception &error) {
    error.set_error();
  } catch (const std::bad_alloc &) {
    PyErr_NoMemory();
  } catch (const std::exception &error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
}

}  // namespace outgrow::python
