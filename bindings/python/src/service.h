// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "waited.h"

namespace outgrow::python {

class Service : public Waited<Service, og_service, og_service_destroy> {
 public:
  static constexpr const char *kName = "Service";
  using Waited::Waited;
};

// What a call leaves in the cache: a value, that there is none, or nothing.
class Kept {
 public:
  Kept(const Codec &codec, PyObject *value, bool absent)
      : size_(absent ? OG_SERVICE_KEEP_ABSENCE : OG_SERVICE_KEEP_NOTHING) {
    if (value != nullptr && value != Py_None) value_.emplace(codec, value);
  }
  const char *data() const { return value_ ? value_->data() : nullptr; }
  int64_t size() const { return value_ ? value_->size() : size_; }

 private:
  std::optional<Codec::Encoded> value_;
  int64_t size_;
};

}  // namespace outgrow::python
