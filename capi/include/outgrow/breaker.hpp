// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/breaker.h>

#include <cstdint>
#include <exception>
#include <outgrow/clock.hpp>
#include <outgrow/options.hpp>
#include <outgrow/scope.hpp>
#include <string>
#include <type_traits>
#include <utility>

namespace outgrow {

// What CircuitBreaker::call throws when it does not call.
class CircuitOpen : public Error {
 public:
  explicit CircuitOpen(Duration retry_after)
      : Error(Status::refused, "the circuit breaker is open"), retry_after_(retry_after) {}

  // Until a call may try: 0 when others are trying, kNever when forced open.
  Duration retry_after() const noexcept { return retry_after_; }

 private:
  Duration retry_after_;
};

// Whether a call to something that fails may be tried: breaker.h has the rules. Hot calls allocate
// nothing and hold no lock; safe from every thread.
class CircuitBreaker : public detail::Handle<og_breaker, og_breaker_destroy> {
 public:
  // A permit to try the call, false when the breaker refuses. Destroyed without exit it is
  // cancelled.
  class Permit : public detail::Claim<og_breaker, og_breaker_cancel> {
   public:
    using Claim::Claim;

    // The call's result. Status::ok when it counted, Status::lapsed when the breaker has changed
    // state since or taken the permit back.
    Status exit(bool success) {
      return returned(og_breaker_exit(of(), id(), success), "og_breaker_exit");
    }
    Status exit_at(bool success, Time now) {
      return returned(og_breaker_exit_at(of(), id(), success, detail::ns(now)),
                      "og_breaker_exit_at");
    }
    // The call was not made, or its result says nothing.
    Status cancel() { return returned(og_breaker_cancel(of(), id()), "og_breaker_cancel"); }
    Status cancel_at(Time now) {
      return returned(og_breaker_cancel_at(of(), id(), detail::ns(now)), "og_breaker_cancel_at");
    }
  };

  using Handle::Handle;
  explicit CircuitBreaker(const Options& options = {})
      : Handle(detail::make<og_breaker>(og_breaker_create, detail::given(options), nullptr)) {}
  CircuitBreaker(const Options& options, const Clock& clock)
      : Handle(detail::make<og_breaker>(og_breaker_create, detail::given(options),
                                        detail::given(clock))) {}
  // In a scope: the same for every process that makes it under this name.
  CircuitBreaker(const Scope& scope, const std::string& name, const Options& options = {})
      : Handle(detail::make_in<og_breaker>(og_breaker_create_in, scope, name, options, nullptr)) {}
  CircuitBreaker(const Scope& scope, const std::string& name, const Options& options,
                 const Clock& clock)
      : Handle(detail::make_in<og_breaker>(og_breaker_create_in, scope, name, options,
                                           detail::given(clock))) {}

  [[nodiscard]] Permit enter() { return permit(og_breaker_enter(handle()), "og_breaker_enter"); }
  [[nodiscard]] Permit enter_at(Time now) {
    return permit(og_breaker_enter_at(handle(), detail::ns(now)), "og_breaker_enter_at");
  }
  // Takes up a permit that was let go.
  [[nodiscard]] Permit adopt(std::int64_t id) const noexcept { return Permit(handle(), id); }

  // What the function returns, which counts as success; what it throws is passed on and counts as
  // failure. Throws CircuitOpen, and does not call it, when the breaker refuses.
  template <class Function>
  std::invoke_result_t<Function> call(Function&& function) {
    Permit permit = enter();
    if (!permit) throw CircuitOpen(retry_after());
    Settling settling(handle(), permit.let_go());
    return std::forward<Function>(function)();
  }

  // An open breaker whose time is up is still open until a call enters.
  BreakerState state() const {
    return static_cast<BreakerState>(
        detail::checked(og_breaker_state(handle()), "og_breaker_state"));
  }
  // Until an open breaker lets a call try: 0 when one may now, kNever when forced open.
  Duration retry_after() const {
    return Duration(detail::checked(og_breaker_retry_after(handle()), "og_breaker_retry_after"));
  }
  Duration retry_after_at(Time now) const {
    return Duration(detail::checked(og_breaker_retry_after_at(handle(), detail::ns(now)),
                                    "og_breaker_retry_after_at"));
  }
  // How often it has changed state since its creation.
  std::int64_t transitions() const {
    return detail::checked(og_breaker_transitions(handle()), "og_breaker_transitions");
  }

  // Until reset.
  void force_open() { detail::checked(og_breaker_force_open(handle()), "og_breaker_force_open"); }
  void force_closed() {
    detail::checked(og_breaker_force_closed(handle()), "og_breaker_force_closed");
  }
  // Back to closed, from any state, with no failure counted.
  void reset() { detail::checked(og_breaker_reset(handle()), "og_breaker_reset"); }

 private:
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

  Permit permit(std::int64_t answer, const char* function) const {
    return detail::checked(answer, function) > 0 ? Permit(handle(), answer) : Permit();
  }
};

}  // namespace outgrow
