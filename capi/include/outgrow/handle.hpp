// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <outgrow/error.hpp>
#include <string>
#include <utility>

namespace outgrow::detail {

// Owns a C handle; every noun is one. Moved from or destroyed it is empty, and using it is an Error
// (Status::null_handle). None is made empty: a noun that needs an option does not compile without.
template <class T, void (*kDestroy)(T**)>
class Handle {
 public:
  // Takes over what a C function made.
  explicit Handle(T* owned) noexcept : owned_(owned) {}

  explicit operator bool() const noexcept { return owned_ != nullptr; }
  // For the C interface; stays this object's.
  T* handle() const noexcept { return owned_.get(); }
  T* release() noexcept { return owned_.release(); }
  // Now, not at the end of its scope. May be repeated.
  void destroy() noexcept { owned_.reset(); }

 private:
  struct Destroy {
    void operator()(T* handle) const noexcept { kDestroy(&handle); }
  };
  std::unique_ptr<T, Destroy> owned_;
};

// The handle of an argument. C takes NULL as "the default", which an empty object does not mean.
template <class T, void (*kDestroy)(T**)>
T* given(const Handle<T, kDestroy>& argument) {
  if (!argument) throw Error(Status::null_handle, "an argument was moved from or destroyed");
  return argument.handle();
}

// What a C function wrote, as a string.
inline std::string take_text(og_text* text) {
  struct Destroy {
    void operator()(og_text* owned) const noexcept { og_text_destroy(&owned); }
  };
  std::unique_ptr<og_text, Destroy> owner(text);
  return std::string(og_text_data(text), static_cast<std::size_t>(og_text_size(text)));
}

}  // namespace outgrow::detail
