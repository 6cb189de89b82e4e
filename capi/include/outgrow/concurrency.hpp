// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/concurrency_calls.hpp>
#include <string>
#include <type_traits>
#include <utility>

namespace outgrow {

// What ConcurrencyLimiter::call throws when it does not call.
class ConcurrencyFull : public Error {
 public:
  explicit ConcurrencyFull(const std::string& message = "as many calls are in flight as may be")
      : Error(Status::full, message) {}
};

// Whether there is room for one more call in flight: concurrency.h has the rules. Hot calls
// allocate nothing and hold no lock; safe from every thread.
class ConcurrencyLimiter : public detail::ConcurrencyCalls {
 public:
  using ConcurrencyCalls::ConcurrencyCalls;

  // What the function returns. Throws ConcurrencyFull, and does not call it, when there is no room.
  template <class Function>
  std::invoke_result_t<Function> call(Function&& function) {
    const Permit permit = enter();
    if (!permit) throw ConcurrencyFull(refusal());
    return std::forward<Function>(function)();
  }
};

}  // namespace outgrow
