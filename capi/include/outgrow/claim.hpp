// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <outgrow/error.hpp>
#include <utility>

namespace outgrow::detail {

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

// A claim that says why there is none.
template <class T, og_status (*kCancel)(T*, std::int64_t)>
class Answered : public Claim<T, kCancel> {
 public:
  Answered() = default;
  Answered(T* of, std::int64_t answer) noexcept
      : Claim<T, kCancel>(answer > 0 ? of : nullptr, answer > 0 ? answer : 0),
        status_(answer > 0 ? Status::ok : static_cast<Status>(answer)) {}

  // ok when it was given, else the outcome.
  Status status() const noexcept { return status_; }

 private:
  Status status_ = Status::none;
};

// The permit that a C function answered, or none where that is an outcome.
template <class Permit, class T>
Permit claim(T* of, std::int64_t answer, const char* function) {
  return checked(answer, function) > 0 ? Permit(of, answer) : Permit();
}

}  // namespace outgrow::detail
