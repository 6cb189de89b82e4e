// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <outgrow/clock.hpp>

namespace outgrow {

// Whether a request passed, and if not, when it may.
class Admission {
 public:
  constexpr explicit Admission(std::int64_t wait_ns) noexcept : wait_ns_(wait_ns) {}

  constexpr bool allowed() const noexcept { return wait_ns_ == 0; }
  constexpr explicit operator bool() const noexcept { return allowed(); }
  // 0 when it passed; kNever when it costs more than the limiter ever holds.
  constexpr Duration retry_after() const noexcept { return Duration(wait_ns_); }

 private:
  std::int64_t wait_ns_;
};

// An Admission, and where the key stands after it: for HTTP's RateLimit fields.
struct DetailedAdmission {
  Admission admission;
  std::int64_t limit;      // what the key may take at once
  std::int64_t remaining;  // what it may take now
  Duration reset_after;    // until all of it is there again

  explicit operator bool() const noexcept { return admission.allowed(); }
};

// A turn to come, or how long it would have had to wait for one.
struct Slot {
  Admission admission;  // whether it was reserved
  Duration after;       // until its turn; 0 for at once
  std::int64_t number;  // which turn it is, for cancel_slot

  explicit operator bool() const noexcept { return admission.allowed(); }
};

// Where a key stands.
struct KeyStanding {
  Admission admission;     // of one more
  std::int64_t limit;      // what the key may take at once
  std::int64_t remaining;  // what it may take now
  Duration reset_after;    // until all of it is there again
  Duration next_after;     // until it may take one more than what remains
};

}  // namespace outgrow
