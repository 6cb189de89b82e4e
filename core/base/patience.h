// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>

#include "core/base/status.h"

namespace og {

// How long the calling thread's waits may go on, where something else than the wait itself decides:
// a flush that is over, while the batch that it writes waits for a file's lock; or the program,
// which asks its own check whether a signal, an interrupt or a cancelled context has come. What
// waits asks in between.
//
// The check may take the program's locks (Python's takes the GIL), so that it is asked with none of
// the library's held.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;
  using Check = int32_t (*)(void* context);

  // Between two questions of a check. A wait is to end within 0.1 s.
  static constexpr std::chrono::milliseconds kSlice{20};

  // Waits of this thread end at `until` for as long as this stands.
  explicit Patience(Time until) noexcept : before_(t_now) {
    t_now.until = std::min(until, before_.until);
    t_now.ran_out = false;
  }
  ~Patience() { end(); }
  void end() noexcept {
    t_now.until = before_.until;
    t_now.ran_out = before_.ran_out;
  }
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;

  // Whether a wait has ended for this reason.
  bool ran_out() const noexcept { return t_now.ran_out; }

  // Who is asked on this thread from now on; null is nobody. Once it has answered other than 0 it
  // does so until the call that waits has returned.
  static void set_check(Check check, void* context) noexcept { t_check = {check, context}; }
  static bool has_check() noexcept { return t_check.check != nullptr; }
  static bool interrupted() {
    return t_check.check != nullptr && t_check.check(t_check.context) != 0;
  }
  static tl::unexpected<Error> interruption() {
    return fail(Status::kInterrupted, "the wait was interrupted");
  }

  // Whether to give up.
  static bool is_over() { return is_late() || (interrupted() && run_out()); }
  // The same without the check.
  static bool is_late() noexcept { return Clock::now() >= t_now.until && run_out(); }
  // When to ask again, while waiting until `end`.
  static Time slice(Time end) noexcept {
    Time next = std::min(end, t_now.until);
    return t_check.check == nullptr ? next : std::min(next, Clock::now() + kSlice);
  }

 private:
  struct Now {
    Time until;
    bool ran_out;
  };
  struct CheckOfThread {
    Check check;
    void* context;
  };
  static bool run_out() noexcept { return t_now.ran_out = true; }

  inline static thread_local Now t_now{Time::max(), false};
  inline static thread_local CheckOfThread t_check{nullptr, nullptr};

  const Now before_;
};

}  // namespace og
