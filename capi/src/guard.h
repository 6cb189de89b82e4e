// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one way from the C interface into the core: arguments are checked, exceptions and exhausted
// memory become a status.
#include <cstdint>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "capi/src/handles.h"

namespace og::capi {

inline og_status code(Status status) { return static_cast<og_status>(status); }

// Never throws: when there is no memory for the error itself, the status alone tells.
og_status report(og_error** out, const Error& error) noexcept;
og_status report(og_error** out, Status status, const char* message) noexcept;
// The status of the exception being handled. Call from a catch block alone.
og_status report_exception(og_error** out) noexcept;

// Runs f(), which returns Result<void> or Status, for functions that take og_error**.
template <class F>
og_status guard(og_error** error, F&& f) noexcept {
  if (error) *error = nullptr;
  try {
    auto result = std::forward<F>(f)();
    if constexpr (std::is_same_v<decltype(result), Status>) {
      return code(result);
    } else {
      return result ? OG_OK : report(error, result.error());
    }
  } catch (...) {
    return report_exception(error);
  }
}

// Creates: checks `out`, nulls it, and on success hands over what f(), a Result<Handle>, made.
template <class Handle, class F>
og_status guard_create(Handle** out, og_error** error, F&& f) noexcept {
  if (error) *error = nullptr;
  if (!out) return report(error, Status::kInvalidArgument, "out is NULL");
  *out = nullptr;
  return guard(error, [&]() -> Result<void> {
    auto made = std::forward<F>(f)();
    if (!made) return tl::unexpected(std::move(made.error()));
    *out = new Handle(std::move(*made));
    return {};
  });
}

// Hot and plain calls: a NULL handle is OG_NULL_HANDLE, and f() returns the scalar.
template <class R, class Handle, class F>
R call(Handle* handle, F&& f) noexcept {
  if (!handle) [[unlikely]]
    return static_cast<R>(OG_NULL_HANDLE);
  try {
    return static_cast<R>(std::forward<F>(f)(*handle));
  } catch (...) {
    return static_cast<R>(report_exception(nullptr));
  }
}

// A time that the caller gives is one of a clock, and not negative. The core's arithmetic rests on
// it that no other comes in (core/base/time.h).
inline bool valid_time(int64_t now_ns) { return now_ns >= 0; }
inline Result<void> check_time(int64_t now_ns) {
  if (valid_time(now_ns)) return {};
  return fail(Status::kInvalidArgument,
              "now_ns cannot be " + std::to_string(now_ns) + ": a time is 0 or more", "now_ns");
}

// Calls that are given the time.
template <class R, class Handle, class F>
R call_at(Handle* handle, int64_t now_ns, F&& f) noexcept {
  if (handle && !valid_time(now_ns)) [[unlikely]]
    return static_cast<R>(OG_INVALID_ARGUMENT);
  return call<R>(handle, std::forward<F>(f));
}

template <class Handle>
void destroy(Handle** handle) noexcept {
  if (!handle) return;
  delete *handle;
  *handle = nullptr;
}

// Keys and values: NULL goes with length 0 alone, and lengths are not negative.
inline bool valid(const void* data, int64_t len) { return len >= 0 && (data || len == 0); }
inline std::string_view bytes(const void* data, int64_t len) {
  return {static_cast<const char*>(data), static_cast<size_t>(len)};
}

// A duration for which -1 is a word: the default, or the time since. No other negative is one.
inline bool valid_or_unset(int64_t duration_ns) { return duration_ns >= -1; }

// A handle argument that may be NULL: the default then.
inline const Config& config_or_empty(const og_config* config) {
  static const Config empty;
  return config ? config->config : empty;
}
inline ClockPtr clock_or_system(const og_clock* clock) {
  return clock ? ClockPtr(clock->clock) : system_clock();
}

}  // namespace og::capi
