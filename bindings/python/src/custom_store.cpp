// SPDX-License-Identifier: Apache-2.0
// A Python object as a system of record.
#include "bytes.h"
#include "coroutine.h"
#include "store.h"

namespace outgrow::python {
namespace {

// What a program's own store last raised on this thread, while a call to the library is under way
// that asks for it: closing does not, and would leave it, with all the frames it came through, to
// the next one.
thread_local PyObject *raised = nullptr;
thread_local int asking = 0;

// Whether that ends the call: the program's store is not called any more.
bool call_is_ended() {
  return Interruptible::raised() ||
         (raised != nullptr && PyErr_GivenExceptionMatches(raised, PyExc_Exception) == 0);
}

// The exception's name and what it says of itself, which need not be text that UTF-8 has, nor
// succeed.
std::string text_of(const py::error_already_set &error) {
  std::string text = reinterpret_cast<PyTypeObject *>(error.type().ptr())->tp_name;
  text.erase(0, text.rfind('.') + 1);  // the module, which C's have in their name
  auto said = py::reinterpret_steal<py::object>(PyObject_Str(error.value().ptr()));
  auto bytes = py::reinterpret_steal<py::object>(
      said ? PyUnicode_AsEncodedString(said.ptr(), "utf-8", "backslashreplace") : nullptr);
  if (!bytes) {
    PyErr_Clear();
    return text;
  }
  return text + ": " + PyBytes_AS_STRING(bytes.ptr());
}

// Runs `act` with the GIL; what it throws becomes a status, its text and this thread's `raised`.
template <class Act>
og_status with_python(og_store_reply *reply, Act act) {
  if (ending()) {
    og_store_reply_error(reply, "Python is ending");
    return OG_STORE;
  }
  py::gil_scoped_acquire gil;
  if (call_is_ended()) {
    og_store_reply_error(reply, "the call has been ended");
    return OG_STORE;
  }
  try {
    return act();
  } catch (py::error_already_set &error) {
    bool timeout = error.matches(PyExc_TimeoutError);
    og_store_reply_error(reply, text_of(error).c_str());
    if (asking > 0) {
      if (error.trace()) PyException_SetTraceback(error.value().ptr(), error.trace().ptr());
      Py_XSETREF(raised, error.value().inc_ref().ptr());
    } else if (!error.matches(PyExc_Exception)) {
      error.discard_as_unraisable("a store that is let go of");
    }
    return timeout ? OG_TIMEOUT : OG_STORE;
  }
}

// What a method of the store returns; one that is to be awaited has done nothing yet.
template <class... Given>
py::object called(const py::object &method, const char *name, const Given &...given) {
  py::object result = method(given...);
  PyObject *checked = plain(result.release().ptr(), name);
  if (checked == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(checked);
}

CustomObject &object_of(void *context) { return *static_cast<CustomObject *>(context); }

og_status get(void *context, const void *key, int64_t size, og_store_reply *reply) {
  return with_python(reply, [&] {
    py::object value = called(object_of(context).get, "get", to_bytes(key, size));
    if (value.is_none()) return OG_ABSENT + 0;
    Bytes bytes(value.ptr(), "what get returns", Bytes::Text::refused);
    return og_store_reply_value(reply, bytes.data(), bytes.size());
  });
}

og_status set(void *context, const void *key, int64_t size, const void *value, int64_t value_size,
              og_store_reply *reply) {
  return with_python(reply, [&] {
    called(object_of(context).set, "set", to_bytes(key, size), to_bytes(value, value_size));
    return OG_OK + 0;
  });
}

og_status remove(void *context, const void *key, int64_t size, og_store_reply *reply) {
  return with_python(reply, [&] {
    called(object_of(context).remove, "delete", to_bytes(key, size));
    return OG_OK + 0;
  });
}

og_status batch_write(void *context, const og_batch *batch, og_store_reply *reply) {
  return with_python(reply, [&] {
    called(object_of(context).batch_write, "batch_write", writes_of(batch));
    return OG_OK + 0;
  });
}

void release(void *context) {
  if (ending()) return;  // the objects go with the interpreter
  py::gil_scoped_acquire gil;
  delete static_cast<CustomObject *>(context);
}

py::object member(const py::object &object, const char *name) {
  if (!py::hasattr(object, name)) {
    raise_type(std::string("a store has get, set and delete; ") + Py_TYPE(object.ptr())->tp_name +
               " lacks " + name);
  }
  py::object found = object.attr(name);
  if (is_coroutine_function(found.ptr())) {
    raise_type(std::string(name) + " of " + Py_TYPE(object.ptr())->tp_name +
               " is async: a store's functions are called as plain ones");
  }
  return found;
}

}  // namespace

StoreCall::StoreCall() {
  Py_CLEAR(raised);
  ++asking;
}
StoreCall::~StoreCall() {
  Py_CLEAR(raised);
  --asking;
}

void StoreCall::check_ended() {
  if (!call_is_ended()) return;
  Interruptible::check();
  PyObject *error = std::exchange(raised, nullptr);
  PyErr_Restore(Py_NewRef(Py_TYPE(error)), error, PyException_GetTraceback(error));
  throw py::error_already_set();
}

int64_t StoreCall::operator()(int64_t result, const char *method) {
  check_ended();
  if (error_ == nullptr) return check(result, method);
  auto cause = py::reinterpret_steal<py::object>(std::exchange(raised, nullptr));
  try {
    raise(error_);
  } catch (py::error_already_set &error) {
    if (cause) PyException_SetCause(error.value().ptr(), cause.release().ptr());
    throw;
  }
}

std::unique_ptr<Store> custom_store(const py::object &object, const py::object &clock) {
  auto custom = std::make_unique<CustomObject>();
  custom->get = member(object, "get");
  custom->set = member(object, "set");
  custom->remove = member(object, "delete");
  og_store_functions functions{};
  functions.size = sizeof functions;
  functions.context = custom.get();
  functions.get = get;
  functions.set = set;
  functions.remove = remove;
  functions.release = release;
  if (py::hasattr(object, "batch_write")) {
    custom->batch_write = member(object, "batch_write");
    functions.batch_write = batch_write;
  }
  og_store *handle = nullptr;
  Checked checked;
  checked(og_store_create_custom(&functions, handle_of(clock), &handle, checked));
  CustomObject *kept = custom.release();  // the library's now
  auto store = fresh<Store>(handle);
  store->custom = kept;
  kept->store = store.get();
  store->clock = clock;
  store->options["object"] = object;
  return store;
}

py::object store_of(const py::object &given, const char *name) {
  if (py::isinstance<Store>(given)) return given;
  if (given.is_none()) raise_type(std::string(name) + " must be a Store, not None");
  return py::cast(custom_store(given, py::none()));
}

}  // namespace outgrow::python
