// SPDX-License-Identifier: Apache-2.0
// Keys and values as pointer and length, without a copy.
#pragma once

#include <outgrow.h>
#include <pybind11/pybind11.h>

#include <string_view>

namespace outgrow::python {

namespace py = pybind11;

// Throws what a str without UTF-8 is told, after Python's error.
[[noreturn]] void raise_not_utf8(const char *name);

// The UTF-8 of a str; InvalidArgument for one that has none.
inline const char *utf8_of(PyObject *text, const char *name, Py_ssize_t *size) {
  const char *data = PyUnicode_AsUTF8AndSize(text, size);
  if (data == nullptr) [[unlikely]]
    raise_not_utf8(name);
  return data;
}

// The bytes of a bytes object, of anything with a contiguous buffer or, where text is taken, of a
// str: its UTF-8, which Python makes once and keeps in the str. Good while this and the object
// live.
class Bytes {
 public:
  enum class Text { taken, refused };

  Bytes() = default;  // none: the empty key
  Bytes(PyObject *object, const char *name, Text text = Text::taken) {
    if (PyBytes_Check(object)) {
      data_ = PyBytes_AS_STRING(object);
      size_ = PyBytes_GET_SIZE(object);
    } else if (PyUnicode_Check(object) && text == Text::taken) {
      data_ = utf8_of(object, name, &size_);
    } else {
      take_buffer(object, name, text);
    }
  }
  ~Bytes() {
    if (view_.obj != nullptr) PyBuffer_Release(&view_);
  }
  Bytes(Bytes &&other) noexcept : data_(other.data_), size_(other.size_), view_(other.view_) {
    other.view_.obj = nullptr;
  }
  Bytes(const Bytes &) = delete;
  Bytes &operator=(const Bytes &) = delete;

  const char *data() const { return data_; }
  int64_t size() const { return size_; }

 private:
  void take_buffer(PyObject *object, const char *name, Text text);

  const char *data_ = nullptr;
  Py_ssize_t size_ = 0;
  Py_buffer view_{};
};

// A buffer to be written to.
class WritableBuffer {
 public:
  explicit WritableBuffer(PyObject *object) {
    if (PyObject_GetBuffer(object, &view_, PyBUF_WRITABLE) != 0) throw py::error_already_set();
  }
  ~WritableBuffer() { PyBuffer_Release(&view_); }
  WritableBuffer(const WritableBuffer &) = delete;
  WritableBuffer &operator=(const WritableBuffer &) = delete;

  void *data() const { return view_.buf; }
  int64_t size() const { return view_.len; }

 private:
  Py_buffer view_{};
};

// Text without NULs, for names and messages.
std::string_view to_text(PyObject *object, const char *name);

// What is borrowed from the library, as bytes.
inline py::bytes to_bytes(const void *data, int64_t size) {
  auto bytes = py::reinterpret_steal<py::bytes>(
      PyBytes_FromStringAndSize(static_cast<const char *>(data), static_cast<Py_ssize_t>(size)));
  if (!bytes) throw py::error_already_set();
  return bytes;
}

}  // namespace outgrow::python
