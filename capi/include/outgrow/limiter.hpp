// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <outgrow/limiter_calls.hpp>
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

 private:
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
