// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <outgrow/limiter_calls.hpp>
#include <outgrow/wait_check.hpp>
#include <thread>
#include <vector>

namespace outgrow {

// The answers for many keys. Made once and given again, it allocates nothing.
class Admissions {
 public:
  std::size_t size() const noexcept { return waits_.size(); }
  // A key or a cost that was invalid is an Error here.
  Admission operator[](std::size_t index) const {
    return Admission(detail::checked(waits_[index], "og_limiter_acquire_many"));
  }
  std::int64_t allowed() const noexcept { return allowed_; }  // how many

 private:
  friend class RateLimiter;
  std::vector<std::int64_t> waits_;
  std::int64_t allowed_ = 0;
};

// Whether a request of this key may pass, and if not, when: limiter.h has the policies. Keys are
// any bytes, none included. Hot calls allocate nothing and hold no lock; safe from every thread.
class RateLimiter : public detail::LimiterCalls {
 public:
  using LimiterCalls::LimiterCalls;

  // Acquires for every key at one time. costs has one for each, or is empty: 1 each. Returns how
  // many passed.
  std::int64_t acquire_many(const Keys& keys, Admissions& out,
                            const std::vector<std::int64_t>& costs = {}) {
    prepare(keys, out, costs);
    return out.allowed_ =
               detail::checked(og_limiter_acquire_many(handle(), keys.data(), keys.sizes(),
                                                       of(costs), keys.count(), out.waits_.data()),
                               "og_limiter_acquire_many");
  }
  std::int64_t acquire_many_at(const Keys& keys, Time now, Admissions& out,
                               const std::vector<std::int64_t>& costs = {}) {
    prepare(keys, out, costs);
    return out.allowed_ = detail::checked(
               og_limiter_acquire_many_at(handle(), keys.data(), keys.sizes(), of(costs),
                                          keys.count(), detail::ns(now), out.waits_.data()),
               "og_limiter_acquire_many_at");
  }

  // Waits in this thread until the request passes: in the order of the calls, a large cost among
  // small ones too. Denied at once when its turn is further away than max_wait or than the option
  // max_wait_ms. A WaitCheck of this thread ends the wait, and the turn is given back. With
  // count_min and in a fleet, which have no order, whoever asks first when there is room passes. It
  // sleeps by the system's clock: not for a limiter whose clock is manual.
  [[nodiscard]] Admission wait(Bytes key = {}, std::int64_t cost = 1, Duration max_wait = kNever) {
    std::int64_t after = 0, number = 0;
    const std::int64_t wait = og_limiter_reserve_slot(handle(), key.data(), key.size(), cost,
                                                      max_wait.count(), &after, &number);
    if (wait == OG_UNSUPPORTED) return attempt(key, cost, max_wait);
    if (detail::checked(wait, "og_limiter_reserve_slot") != 0) return Admission(wait);
    try {
      sleep(after);
    } catch (...) {
      (void)og_limiter_cancel_slot(handle(), key.data(), key.size(), cost, number);
      throw;
    }
    return Admission(0);
  }

 private:
  using Steady = std::chrono::steady_clock;
  static void sleep(std::int64_t ns) {
    const auto begun = Steady::now();
    for (auto left = Duration(ns); left > Duration(0);
         left = Duration(ns) - (Steady::now() - begun)) {
      WaitCheck::throw_if_ended();
      std::this_thread::sleep_for(std::min<Duration>(left, std::chrono::milliseconds(20)));
    }
  }
  // Where no turns are given.
  Admission attempt(Bytes key, std::int64_t cost, Duration max_wait) {
    const auto begun = Steady::now();
    for (;;) {
      const Admission admission = acquire(key, cost);
      const Duration wait = admission.retry_after();
      if (admission || wait == kNever) return admission;
      if (max_wait != kNever && wait > max_wait - (Steady::now() - begun)) return admission;
      sleep(wait.count());
    }
  }
  static const std::int64_t* of(const std::vector<std::int64_t>& costs) {
    return costs.empty() ? nullptr : costs.data();
  }
  static void prepare(const Keys& keys, Admissions& out, const std::vector<std::int64_t>& costs) {
    if (!costs.empty() && costs.size() != keys.size()) {
      throw Error(Status::invalid_argument, "costs: one for each key, or none");
    }
    out.waits_.resize(keys.size());
  }
};

}  // namespace outgrow

#include <outgrow/acquire_all.hpp>  // of several of them
