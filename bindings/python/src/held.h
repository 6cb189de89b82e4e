// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

namespace outgrow::python {

// What the library made for this call, given back at its end, also when what is read of it raises.
template <class Handle, void (*kDestroy)(Handle **)>
class Held {
 public:
  Held() = default;
  ~Held() { kDestroy(&handle_); }
  Held(const Held &) = delete;
  Held &operator=(const Held &) = delete;

  Handle **out() { return &handle_; }
  operator Handle *() const { return handle_; }
  Handle *release() { return std::exchange(handle_, nullptr); }

 private:
  Handle *handle_ = nullptr;
};

}  // namespace outgrow::python
