// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <outgrow/error.hpp>
#include <string>
#include <utility>

namespace outgrow::detail {

// Owns a C handle; every noun is one. Moved from or destroyed it is empty, and using it is an Error
// (Status::null_handle).
template <class T, void (*kDestroy)(T**)>
class Handle {
 public:
  Handle() = default;
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

// A permit or ticket that a noun gave out: given back unused when it is destroyed, unless it was
// returned before. It must not outlive its noun; the noun may be moved meanwhile.
template <class T, og_status (*kCancel)(T*, std::int64_t)>
class Claim {
 public:
  Claim() = default;
  Claim(T* of, std::int64_t id) noexcept : of_(of), id_(id) {}
  Claim(Claim&& other) noexcept
      : of_(std::exchange(other.of_, nullptr)), id_(std::exchange(other.id_, 0)) {}
  Claim& operator=(Claim&& other) noexcept {
    Claim taken(std::move(other));
    std::swap(of_, taken.of_);
    std::swap(id_, taken.id_);
    return *this;
  }
  ~Claim() {
    if (of_) kCancel(of_, id_);
  }

  // Whether there is one: it was given, and neither returned nor moved from.
  explicit operator bool() const noexcept { return of_ != nullptr; }
  std::int64_t id() const noexcept { return id_; }
  // Lets go of it unreturned: for a callback that gets the number alone. The noun's adopt() takes
  // it up again.
  std::int64_t let_go() noexcept {
    of_ = nullptr;
    return std::exchange(id_, 0);
  }

 protected:
  T* of() const noexcept { return of_; }
  // Nothing more to give back, unless the return was an error.
  Status returned(og_status result, const char* function) {
    Status status = outcome(result, function);
    let_go();
    return status;
  }

 private:
  T* of_ = nullptr;
  std::int64_t id_ = 0;
};

// What a C function wrote, as a string.
inline std::string take_text(og_text* text) {
  struct Destroy {
    void operator()(og_text* owned) const noexcept { og_text_destroy(&owned); }
  };
  std::unique_ptr<og_text, Destroy> owner(text);
  return std::string(og_text_data(text), static_cast<std::size_t>(og_text_size(text)));
}

}  // namespace outgrow::detail
