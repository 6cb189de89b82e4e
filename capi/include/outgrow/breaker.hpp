// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <exception>
#include <outgrow/breaker_calls.hpp>
#include <string>
#include <type_traits>
#include <utility>

namespace outgrow {

// What CircuitBreaker::call throws when it does not call.
class CircuitOpen : public Error {
 public:
  explicit CircuitOpen(Duration retry_after,
                       const std::string& message = "the circuit breaker is open")
      : Error(Status::refused, message), retry_after_(retry_after) {}

  // Until a call may try: 0 when others are trying, kNever when forced open.
  Duration retry_after() const noexcept { return retry_after_; }

 private:
  Duration retry_after_;
};

// Whether a call to something that fails may be tried: breaker.h has the rules. Hot calls allocate
// nothing and hold no lock; safe from every thread.
class CircuitBreaker : public detail::BreakerCalls {
 public:
  using BreakerCalls::BreakerCalls;

  // What the function returns, which counts as success; what it throws is passed on and counts as
  // failure. Throws CircuitOpen, and does not call it, when the breaker refuses.
  template <class Function>
  std::invoke_result_t<Function> call(Function&& function) {
    Permit permit = enter();
    if (!permit) refuse();
    Settling settling(handle(), permit.let_go());
    return std::forward<Function>(function)();
  }

 private:
  [[noreturn, gnu::cold]] void refuse() const {
    const Duration wait = state() == BreakerState::half_open ? Duration(0) : retry_after();
    throw CircuitOpen(wait, refusal(wait));
  }

  // Returns a permit when the scope of the call ends, by how it does.
  class Settling {
   public:
    Settling(og_breaker* breaker, std::int64_t permit) noexcept
        : breaker_(breaker), permit_(permit) {}
    Settling(const Settling&) = delete;
    Settling& operator=(const Settling&) = delete;
    ~Settling() {
      og_breaker_exit(breaker_, permit_, std::uncaught_exceptions() == thrown_before_);
    }

   private:
    og_breaker* breaker_;
    std::int64_t permit_;
    int thrown_before_ = std::uncaught_exceptions();
  };
};

}  // namespace outgrow
