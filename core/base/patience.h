// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>

namespace og {

// How long the calling thread's waits may go on, where something else than the wait itself decides: the end of
// a flush whose batch waits for a file's lock, a program that looks for signals. What waits does so in slices and
// asks in between.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;
  using Check = int (*)(void* context);  // not 0: give up

  // Waits of this thread end at `until` for as long as this stands.
  explicit Patience(Clock::time_point until) noexcept : before_(t_now) {
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

  // What this thread's waits ask a few times a second; nullptr: nothing.
  static void ask(Check check, void* context) noexcept {
    t_now.check = check;
    t_now.context = context;
  }
  // Whether to give up.
  static bool is_over() noexcept {
    Now& now = t_now;
    bool late = now.until != Clock::time_point::max() && Clock::now() >= now.until;
    bool over = late || (now.check != nullptr && now.check(now.context) != 0);
    now.ran_out = now.ran_out || over;
    return over;
  }
  // When to ask again, while waiting until `end`.
  static Clock::time_point slice(Clock::time_point end) noexcept {
    const Now& now = t_now;
    end = std::min(end, now.until);
    if (now.check == nullptr) return end;
    return std::min(end, Clock::now() + std::chrono::milliseconds(50));
  }

 private:
  struct Now {
    Clock::time_point until;
    Check check;
    void* context;
    bool ran_out;
  };
  inline static thread_local Now t_now{Clock::time_point::max(), nullptr, nullptr, false};

  const Now before_;
};

}  // namespace og
