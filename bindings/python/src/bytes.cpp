// SPDX-License-Identifier: Apache-2.0
#include "bytes.h"

#include <cstring>
#include <string>

#include "errors.h"

namespace outgrow::python {

void raise_not_utf8(const char *name) {
  if (PyErr_ExceptionMatches(PyExc_UnicodeEncodeError) == 0) throw py::error_already_set();
  PyErr_Clear();
  raise(OG_INVALID_ARGUMENT, std::string(name) + " is no text in UTF-8: it has a lone surrogate",
        name);
}

void Bytes::take_buffer(PyObject *object, const char *name, Text text) {
  if (!PyObject_CheckBuffer(object)) {
    raise_type(std::string(name) +
               (text == Text::taken ? " must be str, bytes" : " must be bytes") +
               " or a buffer, not " + Py_TYPE(object)->tp_name);
  }
  if (PyObject_GetBuffer(object, &view_, PyBUF_SIMPLE) != 0) {
    view_.obj = nullptr;
    throw py::error_already_set();
  }
  data_ = static_cast<const char *>(view_.buf);
  size_ = view_.len;
}

std::string_view to_text(PyObject *object, const char *name) {
  if (!PyUnicode_Check(object)) {
    raise_type(std::string(name) + " must be str, not " + Py_TYPE(object)->tp_name);
  }
  Py_ssize_t size = 0;
  const char *data = utf8_of(object, name, &size);
  if (std::memchr(data, 0, static_cast<size_t>(size)) != nullptr) {
    raise(OG_INVALID_ARGUMENT, std::string(name) + " has a NUL in it", name);
  }
  return {data, static_cast<size_t>(size)};
}

}  // namespace outgrow::python
