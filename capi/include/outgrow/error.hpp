// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/base.h>

#include <cstdint>
#include <optional>
#include <outgrow/enums.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace outgrow {

// What was wrong with a call: a bad argument or option, a closed or moved-from noun, a store that
// failed. Denied, open, miss and full are outcomes, and returned.
class Error : public std::runtime_error {
 public:
  Error(Status status, const std::string& message, std::string option = {})
      : std::runtime_error(message), status_(status), option_(std::move(option)) {}

  Status status() const noexcept { return status_; }
  // The option at fault, "" when there is none.
  const std::string& option() const noexcept { return option_; }

 private:
  Status status_;
  std::string option_;
};

// The library's version, "major.minor.patch".
inline std::string version() { return og_version(); }
// The status as a word, such as "bad value".
inline std::string text(Status status) { return og_status_text(static_cast<og_status>(status)); }

namespace detail {

// Negative numbers above are outcomes.
template <class Number>
constexpr bool is_error(Number result) {
  return result <= static_cast<Number>(OG_INVALID_ARGUMENT);
}

[[noreturn, gnu::cold]] inline void raise(std::int64_t status, const char* function) {
  throw Error(static_cast<Status>(status),
              std::string(function) + ": " + og_status_text(static_cast<og_status>(status)));
}

// What a C function answered, unless that is an error.
template <class Number>
Number checked(Number result, const char* function) {
  if (is_error(result)) raise(static_cast<std::int64_t>(result), function);
  return result;
}

inline Status outcome(og_status result, const char* function) {
  return static_cast<Status>(checked(result, function));
}

// Where a C function puts its error.
class ErrorOut {
 public:
  ErrorOut() = default;
  ErrorOut(const ErrorOut&) = delete;
  ErrorOut& operator=(const ErrorOut&) = delete;
  ~ErrorOut() { og_error_destroy(&error_); }

  og_error** out() noexcept { return &error_; }

  [[noreturn, gnu::cold]] void raise(std::int64_t status) const {
    auto code = error_ ? og_error_code(error_) : static_cast<og_status>(status);
    throw Error(static_cast<Status>(code), error_ ? og_error_message(error_) : og_status_text(code),
                og_error_option(error_));
  }

 private:
  og_error* error_ = nullptr;
};

// function(arguments..., &error), whose errors are thrown.
template <class Function, class... Arguments>
auto call(Function function, Arguments... arguments) {
  ErrorOut error;
  auto result = function(arguments..., error.out());
  if (is_error(result)) error.raise(result);
  return result;
}

// The same of one that answers OG_OK and nothing else: a full table is an error too.
template <class Function, class... Arguments>
og_status done(Function function, Arguments... arguments) {
  ErrorOut error;
  const og_status status = function(arguments..., error.out());
  if (status != OG_OK) error.raise(status);
  return status;
}

// function(arguments..., &out, &error), which makes a T. Nothing but an error keeps it from that.
template <class T, class Function, class... Arguments>
T* make(Function function, Arguments... arguments) {
  T* out = nullptr;
  ErrorOut error;
  og_status status = function(arguments..., &out, error.out());
  if (status != OG_OK) error.raise(status);
  return out;
}

// The noun that a C function makes; NULL where it answers with an outcome.
template <class T, class Function, class... Arguments>
T* made(Function function, Arguments... arguments) {
  T* out = nullptr;
  call(function, arguments..., &out);
  return out;
}

// The index that a C function answers; all else is an error, a full table too.
template <class Function, class... Arguments>
std::int32_t index(Function function, Arguments... arguments) {
  ErrorOut error;
  std::int32_t index = function(arguments..., error.out());
  if (index < 0) error.raise(index);
  return index;
}

// What C answers, or nothing where that is negative.
template <class T, class Number>
constexpr std::optional<T> if_any(Number answer) {
  return answer >= 0 ? std::optional<T>(static_cast<T>(answer)) : std::nullopt;
}

// A name or an option's text, which C ends at its first NUL.
inline const char* c_text(const std::string& text) {
  if (text.find('\0') != std::string::npos) {
    throw Error(Status::invalid_argument, "a name or an option's text has no U+0000 in it");
  }
  return text.c_str();
}

}  // namespace detail
}  // namespace outgrow
