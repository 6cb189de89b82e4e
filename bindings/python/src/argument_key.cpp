// SPDX-License-Identifier: Apache-2.0
// The key of a call to what @cache.cached() made: the function's name and its arguments as Python
// shows them, name('a', 1)[('by', 2)], if they are such that equal ones look the same and others do
// not: text, bytes, numbers, None and tuples. Of their subclasses the type's name and what the base
// shows, whatever they show themselves. As for functools.lru_cache(typed=True), 1, 1.0 and True are
// three, and f(1) is not f(by=1). A hit is mostly this: what is common is written here, the rest
// asks repr().
#include <algorithm>
#include <charconv>
#include <numeric>
#include <string>
#include <vector>

#include "bytes.h"
#include "method.h"
#include "module.h"

namespace outgrow::python {
namespace {

class Writer {
 public:
  explicit Writer(PyObject *name) : name_(to_text(name, "name")), text_(name_) {}

  void positional(PyObject *const *args, size_t count) {
    text_ += '(';
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) text_ += ", ";
      value(args[i]);
    }
    text_ += count == 1 ? ",)" : ")";
  }

  // By name, so that their order says nothing.
  void named(PyObject *const *args, PyObject *names) {
    auto count = names == nullptr ? size_t{0} : static_cast<size_t>(PyTuple_GET_SIZE(names));
    std::vector<size_t> order(count);
    std::iota(order.begin(), order.end(), size_t{0});
    auto name = [&](size_t i) { return PyTuple_GET_ITEM(names, static_cast<Py_ssize_t>(i)); };
    std::sort(order.begin(), order.end(), [&](size_t left, size_t right) {
      return PyUnicode_Compare(name(left), name(right)) < 0;
    });
    text_ += '[';
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) text_ += ", ";
      PyObject *pair[] = {name(order[i]), args[order[i]]};
      positional(pair, 2);
    }
    text_ += ']';
  }

  PyObject *key() const {
    return PyBytes_FromStringAndSize(text_.data(), static_cast<Py_ssize_t>(text_.size()));
  }

 private:
  void value(PyObject *object) {
    if (PyUnicode_CheckExact(object)) {
      text(object);
    } else if (PyLong_CheckExact(object)) {
      integer(object);
    } else if (PyTuple_CheckExact(object)) {
      tuple(object);
    } else if (PyBytes_CheckExact(object) || PyFloat_CheckExact(object) || PyBool_Check(object) ||
               object == Py_None) {
      shown(object);
    } else if (PyTypeObject *base = plain_base(object)) {
      named_type(object);
      if (base == &PyTuple_Type) return tuple(object);
      text_ += '(';
      shown(owned(base->tp_repr(object)));
      text_ += ",)";
    } else {
      std::string type = py::str(py::type::handle_of(object).attr("__name__"));
      raise_type(std::string(name_.substr(0, name_.find('#'))) + ": a " + type +
                 " makes no key; give cached(key=...)");
    }
  }

  static PyTypeObject *plain_base(PyObject *object) {
    if (PyUnicode_Check(object)) return &PyUnicode_Type;
    if (PyBytes_Check(object)) return &PyBytes_Type;
    if (PyLong_Check(object)) return &PyLong_Type;
    if (PyFloat_Check(object)) return &PyFloat_Type;
    return PyTuple_Check(object) ? &PyTuple_Type : nullptr;
  }

  void named_type(PyObject *object) {
    py::object name = py::module_::import("outgrow._naming").attr("type_name")(py::handle(object));
    text_ += to_text(name.ptr(), "a type's name");
  }

  void text(PyObject *object) {
    Py_ssize_t size = 0;
    const char *data =
        PyUnicode_IS_COMPACT_ASCII(object) ? PyUnicode_AsUTF8AndSize(object, &size) : nullptr;
    auto plain = [](char c) { return c >= ' ' && c < '\x7f' && c != '\'' && c != '\\'; };
    if (data == nullptr || !std::all_of(data, data + size, plain)) return shown(object);
    text_ += '\'';
    text_.append(data, static_cast<size_t>(size));
    text_ += '\'';
  }

  void integer(PyObject *object) {
    int overflow = 0;
    long long number = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow != 0) return shown(object);
    char digits[24];
    text_.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
  }

  void tuple(PyObject *object) {
    if (Py_EnterRecursiveCall(" in a key") != 0) throw py::error_already_set();
    try {
      positional(PySequence_Fast_ITEMS(object), static_cast<size_t>(PyTuple_GET_SIZE(object)));
    } catch (...) {
      Py_LeaveRecursiveCall();
      throw;
    }
    Py_LeaveRecursiveCall();
  }

  void shown(PyObject *object) { shown(owned(PyObject_Repr(object))); }
  void shown(const py::object &made) {
    Py_ssize_t size = 0;
    const char *data = PyUnicode_AsUTF8AndSize(made.ptr(), &size);
    if (data == nullptr) throw py::error_already_set();
    text_.append(data, static_cast<size_t>(size));
  }

  std::string_view name_;
  std::string text_;
};

PyObject *key_of(PyObject *name, PyObject *const *args, Py_ssize_t count, PyObject *names) {
  return caught([&] {
    Writer writer(name);
    writer.positional(args, static_cast<size_t>(count));
    writer.named(args + count, names);
    return writer.key();
  });
}

PyMethodDef definition{"key", reinterpret_cast<PyCFunction>(reinterpret_cast<void *>(&key_of)),
                       METH_FASTCALL | METH_KEYWORDS, "key(*args, **kwargs) -> bytes"};

}  // namespace

void bind_argument_key(py::module_ &module) {
  module.def("_key_by_arguments",
             [](const py::str &name) { return owned(PyCFunction_New(&definition, name.ptr())); });
}

}  // namespace outgrow::python
