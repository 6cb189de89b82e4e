// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>

namespace og {

// How long the calling thread's waits may go on, where something else than the wait itself decides: a flush that
// is over, while the batch that it writes waits for a file's lock. What waits asks in between.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;

  // Waits of this thread end at `until` for as long as this stands.
  explicit Patience(Clock::time_point until) noexcept : before_(t_now) {
    t_now.until = std::min(until, before_.until);
    t_now.ran_out = false;
  }
  ~Patience() { end(); }
  void end() noexcept { t_now = before_; }
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;

  // Whether a wait has ended for this reason.
  bool ran_out() const noexcept { return t_now.ran_out; }

  // Whether to give up.
  static bool is_over() noexcept {
    if (t_now.until == Clock::time_point::max() || Clock::now() < t_now.until) return false;
    t_now.ran_out = true;
    return true;
  }
  // When to ask again, while waiting until `end`.
  static Clock::time_point slice(Clock::time_point end) noexcept { return std::min(end, t_now.until); }

 private:
  struct Now {
    Clock::time_point until;
    bool ran_out;
  };
  inline static thread_local Now t_now{Clock::time_point::max(), false};

  const Now before_;
};

}  // namespace og
