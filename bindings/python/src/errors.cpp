// SPDX-License-Identifier: Apache-2.0
#include "errors.h"

#include <new>

#include "numbers.h"

namespace outgrow::python {
namespace {

// Kept for the life of the process, as the module is.
PyObject *errors_module = nullptr;

py::object error_class(const char *name) {
  return py::reinterpret_borrow<py::object>(errors_module).attr(name);
}

const char *class_of(og_status status) {
  switch (status) {
    case OG_INVALID_ARGUMENT:
      return "InvalidArgument";
    case OG_NULL_HANDLE:
    case OG_CLOSED:
      return "ClosedError";
    case OG_UNKNOWN_OPTION:
      return "UnknownOption";
    case OG_BAD_VALUE:
      return "BadValue";
    case OG_IO:
    case OG_STORE:
      return "StoreError";
    case OG_TIMEOUT:
      return "StoreTimeout";
    case OG_FULL:
      return "Full";
    case OG_UNSUPPORTED:
      return "Unsupported";
    default:
      return "OutgrowError";
  }
}

[[noreturn]] void throw_instance(const py::object &instance) {
  PyErr_SetObject(py::type::handle_of(instance).ptr(), instance.ptr());
  throw py::error_already_set();
}

[[noreturn]] void raise_retry(const char *name, const char *message, int64_t retry_after_ns) {
  py::object instance = error_class(name)(message);
  instance.attr("retry_after") = seconds(retry_after_ns);
  throw_instance(instance);
}

}  // namespace

const Enum Enum::status("Status");
const Enum Enum::source("Source");

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

void raise_closed(const char *noun) { raise(OG_CLOSED, std::string(noun) + " is closed"); }

void raise_unmade(const char *noun) {
  raise(OG_NULL_HANDLE, std::string(noun) + " was made without its __init__");
}

void raise_type(const std::string &message) {
  PyErr_SetString(PyExc_TypeError, message.c_str());
  throw py::error_already_set();
}

void raise_rate_limited(int64_t retry_after_ns) {
  raise_retry("RateLimited", "over the rate limit", retry_after_ns);
}

void raise_circuit_open(int64_t retry_after_ns) {
  raise_retry("CircuitOpen", "the circuit breaker is open", retry_after_ns);
}

void raise_concurrency_full() {
  throw_instance(error_class("ConcurrencyFull")("as many calls are in flight as may be"));
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
