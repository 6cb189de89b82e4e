// SPDX-License-Identifier: Apache-2.0
#include "core/base/fork_aware.h"

#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <ctime>
#include <mutex>

namespace og {

class ForkRegistry {
 public:
  void join(ForkAware* member) noexcept {
    std::lock_guard lock(mutex_);
    member->older_ = newest_;
    member->newer_ = nullptr;
    (newest_ ? newest_->newer_ : oldest_) = member;
    newest_ = member;
    member->joined_ = true;
  }

  void leave(ForkAware* member) noexcept {
    std::lock_guard lock(mutex_);
    if (!member->joined_) return;
    if (member->ready_) give_back(member);  // while a fork waits for another
    (member->newer_ ? member->newer_->older_ : newest_) = member->older_;
    (member->older_ ? member->older_->newer_ : oldest_) = member->newer_;
    member->joined_ = false;
  }

  // Nothing is held while a newer one is waited for: whoever has that may want what is older. Those
  // can be newer that joined during a wait.
  void before() noexcept {
    mutex_.lock();
    for (int waits = 0; !take_all(); ++waits) {
      mutex_.unlock();
      pause(waits);
      mutex_.lock();
    }
  }
  void in_parent() noexcept {
    for (ForkAware* member = oldest_; member; member = member->newer_) give_back(member);
    mutex_.unlock();
  }
  void in_child() noexcept {
    generation_.fetch_add(1, std::memory_order_relaxed);
    for (ForkAware* member = oldest_; member; member = member->newer_) {
      member->ready_ = false;
      member->after_fork_in_child();
    }
    mutex_.unlock();
  }

  uint64_t generation() const noexcept { return generation_.load(std::memory_order_relaxed); }

 private:
  bool take_all() noexcept {
    for (ForkAware* member = newest_; member; member = member->older_) {
      if (member->ready_) continue;
      if (!(member->ready_ = member->before_fork())) {
        give_back_older(member);
        return false;
      }
    }
    return true;
  }
  void give_back_older(ForkAware* than) noexcept {
    for (ForkAware* member = than->older_; member; member = member->older_) {
      if (member->ready_) give_back(member);
    }
  }
  static void give_back(ForkAware* member) noexcept {
    member->ready_ = false;
    member->after_fork_in_parent();
  }
  static void pause(int waits) noexcept {
    const timespec nap{0, 50'000};
    if (waits < 16)
      sched_yield();
    else
      nanosleep(&nap, nullptr);
  }

  std::mutex mutex_;
  ForkAware* oldest_ = nullptr;
  ForkAware* newest_ = nullptr;
  std::atomic<uint64_t> generation_{0};
};

namespace {

// There before anything that joins, and never destroyed: a fork may come during the process's exit.
constinit ForkRegistry g_registry;

[[maybe_unused]] const int g_told = pthread_atfork(
    [] { g_registry.before(); }, [] { g_registry.in_parent(); }, [] { g_registry.in_child(); });

}  // namespace

void ForkAware::join_forks() noexcept { g_registry.join(this); }
void ForkAware::leave_forks() noexcept {
  if (joined_) g_registry.leave(this);
}

uint64_t fork_generation() noexcept { return g_registry.generation(); }

}  // namespace og
