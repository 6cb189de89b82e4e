// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <outgrow/error.hpp>
#include <utility>

namespace outgrow {

// While it stands, `ended()` is asked about every 20 ms while a call of this thread waits, and ends
// the wait by answering true: the call then changes nothing and throws Error with
// Status::interrupted, or answers with what it had done by then. Once true it is to stay so until
// the call has returned, and it must not throw.
//
//   outgrow::WaitCheck check([&] { return stop.stop_requested(); });
//   cached.set(key, value);
//
// Of two on one thread the inner one alone is asked. It is made and destroyed on the thread that it
// is for.
class WaitCheck {
 public:
  explicit WaitCheck(std::function<bool()> ended) : ended_(std::move(ended)), outer_(current_) {
    set(this);
  }
  ~WaitCheck() { set(outer_); }
  WaitCheck(const WaitCheck&) = delete;
  WaitCheck& operator=(const WaitCheck&) = delete;

  // For waits that are not the library's own: throws if this thread's check says that they are to
  // end.
  static void throw_if_ended() {
    if (current_ != nullptr && current_->ended_())
      throw Error(Status::interrupted, "the wait was interrupted");
  }

 private:
  static std::int32_t ask(void* self) noexcept {
    return static_cast<WaitCheck*>(self)->ended_() ? 1 : 0;
  }
  static void set(WaitCheck* check) noexcept {
    current_ = check;
    og_wait_check(check ? ask : nullptr, check);
  }

  inline static thread_local WaitCheck* current_ = nullptr;
  const std::function<bool()> ended_;
  WaitCheck* const outer_;
};

// Around each wait of a call that does not wait otherwise, on all threads: base.h has the rules.
// For a program with a lock of its own.
inline void wait_around(og_wait_begin begin, og_wait_end end) noexcept {
  og_wait_around(begin, end);
}

}  // namespace outgrow
