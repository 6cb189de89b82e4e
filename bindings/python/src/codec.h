// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bytes.h"
#include "value.h"

namespace outgrow::python {

// Turns values into bytes and back: codec="bytes" (the default: anything with a buffer in, bytes out),
// "str", "json", "pickle", or an object with encode(value) and decode(bytes).
class Codec {
 public:
  explicit Codec(const py::object &given);

  // The bytes of a value, and what holds them.
  class Encoded {
   public:
    Encoded(const Codec &codec, PyObject *value)
        : made_(codec.plain() ? py::object() : codec.encode_(py::handle(value))),
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
    if (plain()) return bytes;
    return decode_(bytes);
  }
  // None where there is no value.
  py::object decode(const Value &value) const {
    if (!value) return py::none();
    return decode(value.data(), value.size());
  }
  py::object given() const { return given_; }
  template <class Show>
  void references(Show show) const {
    show(given_);
    show(encode_);
    show(decode_);
  }

 private:
  bool plain() const { return !encode_; }

  py::object given_, encode_, decode_;
};

}  // namespace outgrow::python
