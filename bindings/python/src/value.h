// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow.h>
#include <pybind11/pybind11.h>

#include <utility>

#include "bytes.h"

namespace outgrow::python {

// A reference to a value's bytes, given back at the end.
class Value {
 public:
  Value() = default;
  ~Value() { og_value_destroy(&value_); }
  Value(const Value &) = delete;
  Value &operator=(const Value &) = delete;

  og_value **out() { return &value_; }
  explicit operator bool() const { return value_ != nullptr; }
  const void *data() const { return og_value_data(value_); }
  int64_t size() const { return og_value_size(value_); }
  og_value *release() { return std::exchange(value_, nullptr); }

 private:
  og_value *value_ = nullptr;
};

// A read-only memoryview of the value's bytes, without a copy; it keeps them as they are, whatever
// becomes of the cache. A new reference.
PyObject *view(Value &value);

}  // namespace outgrow::python
