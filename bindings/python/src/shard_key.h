// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "bytes.h"
#include "numbers.h"

namespace outgrow::python {

// A key, or an integer's 8 bytes.
class ShardKey {
 public:
  ShardKey(PyObject *object, const char *name) {
    if (object == nullptr) return;
    if (PyLong_Check(object)) {
      og_shards_int64_key(to_int64(object, name), eight_);
      size_ = 8;
    } else {
      given_.emplace(object, name);
    }
  }
  const void *data() const { return given_ ? given_->data() : size_ == 0 ? nullptr : eight_; }
  int64_t size() const { return given_ ? given_->size() : size_; }

 private:
  std::optional<Bytes> given_;
  char eight_[8]{};
  int64_t size_ = 0;
};

}  // namespace outgrow::python
