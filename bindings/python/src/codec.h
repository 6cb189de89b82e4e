// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bytes.h"
#include "coroutine.h"
#include "value.h"

namespace outgrow::python {

// Turns values into bytes and back: codec="bytes" (the default: anything with a buffer in, bytes
// out), "str", "json", "pickle", or an object with encode(value) and decode(bytes).
class Codec {
 public:
  explicit Codec(const py::object &given) : given_(given) {
    py::object pair = py::module_::import("outgrow._codecs").attr("find")(given);
    if (pair.is_none()) return;
    encode_ = pair[py::int_(0)];
    decode_ = pair[py::int_(1)];
  }

  // The bytes of a value, and what holds them.
  class Encoded {
   public:
    Encoded(const Codec &codec, PyObject *value)
        : made_(codec.as_is() ? py::object()
                              : called(codec.encode_, py::handle(value), "codec.encode")),
          bytes_(made_ ? made_.ptr() : value, "value",
                 made_ ? Bytes::Text::taken : Bytes::Text::refused) {}
    const char *data() const { return bytes_.data(); }
    int64_t size() const { return bytes_.size(); }

   private:
    py::object made_;
    Bytes bytes_;
  };

  // Throws what the codec raises.
  py::object decode(const void *data, int64_t size) const {
    py::bytes bytes = to_bytes(data, size);
    if (as_is()) return bytes;
    return called(decode_, bytes, "codec.decode");
  }
  py::object given() const { return given_; }
  template <class Show>
  void references(Show show) const {
    show(given_);
    show(encode_);
    show(decode_);
  }

 private:
  bool as_is() const { return !encode_; }
  static py::object called(const py::object &function, py::handle argument, const char *what) {
    PyObject *result = plain(PyObject_CallOneArg(function.ptr(), argument.ptr()), what);
    if (result == nullptr) throw py::error_already_set();
    return py::reinterpret_steal<py::object>(result);
  }

  py::object given_, encode_, decode_;
};

}  // namespace outgrow::python
