// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <csignal>
#include <new>

#include "core/base/patience.h"
#include "core/cache/write_behind.h"

namespace og {
namespace {

constexpr int64_t kLongestSleepNs = 3'600'000'000'000;
constexpr int64_t kNoMemoryPauseNs = 10'000'000;

}  // namespace

// Signals are the program's, and their handlers run on the program's threads.
bool WriteBehind::start_thread() {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  running_ = pthread_create(&thread_, nullptr, &WriteBehind::enter, this) == 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (running_) pthread_setname_np(thread_, "og-write-behind");
  return running_;
}

void* WriteBehind::enter(void* self) noexcept {
  static_cast<WriteBehind*>(self)->run();
  return nullptr;
}

void WriteBehind::run() noexcept {
  Patience::set_check(
      [](void* self) -> int32_t { return static_cast<WriteBehind*>(self)->given_up_.load(); },
      this);
  Lock lock(mutex_);
  mutex_.assert_held();
  while (!stop_) {
    int64_t now = clock_->now();
    Batch batch;
    try {
      batch = buffer_.take(now);
    } catch (const std::bad_alloc&) {
      wake_.wait_for(lock, std::chrono::nanoseconds(kNoMemoryPauseNs));
      continue;
    }
    if (batch.empty()) {
      int64_t due = buffer_.due_at(now);
      asleep_until_ns_ = due;
      wake_.wait_for(lock,
                     std::chrono::nanoseconds(std::clamp<int64_t>(due - now, 0, kLongestSleepNs)));
      asleep_until_ns_ = 0;
      continue;
    }
    bool cut_short = false;
    (void)write(lock, batch, Time::max(), now, &cut_short);
  }
}

// Wakes the thread when something is due before it would wake by itself.
void WriteBehind::nudge(int64_t now_ns) noexcept {
  if (asleep_until_ns_ == 0) return;
  int64_t due = buffer_.due_at(now_ns);
  if (due >= asleep_until_ns_) return;
  asleep_until_ns_ = std::max<int64_t>(due, 1);  // told once
  wake_.notify_one();
}

void WriteBehind::after_fork_in_child() noexcept {
  buffer_.forget();
  empty_.store(true);
  running_ = false;
  asleep_until_ns_ = 0;
}

}  // namespace og
