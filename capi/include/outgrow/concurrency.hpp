// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/concurrency.h>

#include <cstdint>
#include <outgrow/clock.hpp>
#include <outgrow/options.hpp>
#include <outgrow/scope.hpp>
#include <string>
#include <type_traits>
#include <utility>

namespace outgrow {

// What ConcurrencyLimiter::call throws when it does not call.
class ConcurrencyFull : public Error {
 public:
  ConcurrencyFull() : Error(Status::full, "as many calls are in flight as may be") {}
};

// Whether there is room for one more call in flight: concurrency.h has the rules. Hot calls
// allocate nothing and hold no lock; safe from every thread.
class ConcurrencyLimiter : public detail::Handle<og_concurrency, og_concurrency_destroy> {
 public:
  // A permit for one call, false when there is no room. Returned when it is destroyed.
  class Permit : public detail::Claim<og_concurrency, og_concurrency_exit> {
   public:
    using Claim::Claim;

    // Status::ok, Status::lapsed when it was returned before or taken back.
    Status exit() { return returned(og_concurrency_exit(of(), id()), "og_concurrency_exit"); }
    Status exit_at(Time now) {
      return returned(og_concurrency_exit_at(of(), id(), detail::ns(now)),
                      "og_concurrency_exit_at");
    }
  };

  using Handle::Handle;
  // The options have `limit` at least.
  explicit ConcurrencyLimiter(const Options& options)
      : Handle(
            detail::make<og_concurrency>(og_concurrency_create, detail::given(options), nullptr)) {}
  ConcurrencyLimiter(const Options& options, const Clock& clock)
      : Handle(detail::make<og_concurrency>(og_concurrency_create, detail::given(options),
                                            detail::given(clock))) {}
  // In a scope: one limit for all processes that make it under this name.
  ConcurrencyLimiter(const Scope& scope, const std::string& name, const Options& options)
      : Handle(detail::make_in<og_concurrency>(og_concurrency_create_in, scope, name, options,
                                               nullptr)) {}
  ConcurrencyLimiter(const Scope& scope, const std::string& name, const Options& options,
                     const Clock& clock)
      : Handle(detail::make_in<og_concurrency>(og_concurrency_create_in, scope, name, options,
                                               detail::given(clock))) {}

  [[nodiscard]] Permit enter() {
    return permit(og_concurrency_enter(handle()), "og_concurrency_enter");
  }
  [[nodiscard]] Permit enter_at(Time now) {
    return permit(og_concurrency_enter_at(handle(), detail::ns(now)), "og_concurrency_enter_at");
  }
  // Takes up a permit that was let go.
  [[nodiscard]] Permit adopt(std::int64_t id) const noexcept { return Permit(handle(), id); }

  // What the function returns. Throws ConcurrencyFull, and does not call it, when there is no room.
  template <class Function>
  std::invoke_result_t<Function> call(Function&& function) {
    const Permit permit = enter();
    if (!permit) throw ConcurrencyFull();
    return std::forward<Function>(function)();
  }

  // Reads all permits, and in a scope asks the kernel: not for hot paths.
  std::int64_t in_flight() const {
    return detail::checked(og_concurrency_in_flight(handle()), "og_concurrency_in_flight");
  }
  std::int64_t in_flight_at(Time now) const {
    return detail::checked(og_concurrency_in_flight_at(handle(), detail::ns(now)),
                           "og_concurrency_in_flight_at");
  }
  std::int64_t limit() const {
    return detail::checked(og_concurrency_limit(handle()), "og_concurrency_limit");
  }
  // How often since its creation, in a scope by all processes.
  std::int64_t stat(ConcurrencyStat which) const {
    return detail::checked(og_concurrency_stat(handle(), static_cast<std::int32_t>(which)),
                           "og_concurrency_stat");
  }

 private:
  Permit permit(std::int64_t answer, const char* function) const {
    return detail::checked(answer, function) > 0 ? Permit(handle(), answer) : Permit();
  }
};

}  // namespace outgrow
