// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow.h>
#include <pybind11/pybind11.h>

#include "bytes.h"
#include "held.h"

namespace outgrow::python {

using LongText = Held<og_text, og_text_destroy>;

// A reference to a value's bytes.
class Value : public Held<og_value, og_value_destroy> {
 public:
  const void *data() const { return og_value_data(*this); }
  int64_t size() const { return og_value_size(*this); }
};

// A read-only memoryview of the value's bytes, without a copy; it keeps them as they are, whatever
// becomes of the cache. A new reference.
PyObject *view(Value &value);

}  // namespace outgrow::python
