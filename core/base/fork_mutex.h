// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pthread.h>

#include <atomic>
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <new>

#include "core/base/fork_aware.h"
#include "core/base/patience.h"
#include "core/base/thread_annotations.h"

namespace og {

// A std::mutex that works on both sides of a fork: it is taken before and given back after, so that
// the child finds it free and what it guards whole. Every lock of the library is one
// (tests/integration/forks_test.py).
//
// Locks nest in the order of their making: who holds one may take those that are older. Members of
// a class are made in the order of their declarations.
//
// The forking thread may hold it itself, where the program's code runs under it: then it still
// does, on either side.
//
// What it guards is marked OG_GUARDED_BY, and clang says where that is used without it. It follows
// ForkLock. A lock that is tried, waited with or handed on is a std::unique_lock, which it does not
// follow: behind it stands assert_held().
class OG_LOCK ForkMutex final : private ForkAware {
 public:
  // kFree: it guards no data, and its holder may be in the program's code for as long as that
  // pleases. A fork does not wait for it; the child finds it free.
  enum class InChild { kTaken, kFree };

  explicit ForkMutex(InChild child = InChild::kTaken) noexcept : child_(child) { join_forks(); }
  ~ForkMutex() { leave_forks(); }

  void lock() OG_ACQUIRES() OG_NOT_ANALYSED {  // over a std::mutex, which has no annotations
    mutex_.lock();
    holder_.store(pthread_self(), std::memory_order_relaxed);
  }
  bool try_lock() OG_TRY_ACQUIRES(true) OG_NOT_ANALYSED {
    if (!mutex_.try_lock()) return false;
    holder_.store(pthread_self(), std::memory_order_relaxed);
    return true;
  }
  // For what a caller may have to wait long for: false at `until`, or when its patience is over.
  // Other locks of this kind that it holds are of kFree ones.
  bool lock_until(Patience::Time until) OG_TRY_ACQUIRES(true) OG_NOT_ANALYSED {
    if (try_lock()) return true;
    do {
      if (lock_by(Patience::slice(until))) return true;
    } while (Patience::Clock::now() < until && !Patience::is_over());
    return false;
  }
  void unlock() OG_RELEASES() OG_NOT_ANALYSED {
    holder_.store({}, std::memory_order_relaxed);
    mutex_.unlock();
  }
  bool is_mine() const noexcept {  // the calling thread holds it
    return holder_.load(std::memory_order_relaxed) == pthread_self();
  }
  void assert_held() const noexcept OG_ASSERTS_HELD() { assert(is_mine()); }

 private:
  friend class ForkCondition;

  // Taken in one call and given back in another: not a thing that the analysis follows.
  bool before_fork() noexcept override OG_NOT_ANALYSED {
    if (child_ == InChild::kFree || is_mine()) return true;
    return for_fork_ = try_lock();
  }
  void after_fork_in_parent() noexcept override OG_NOT_ANALYSED {
    if (!for_fork_) return;
    for_fork_ = false;
    unlock();
  }
  void after_fork_in_child() noexcept override {
    if (child_ == InChild::kTaken || is_mine()) return after_fork_in_parent();
    new (&mutex_) std::mutex;
    holder_.store({}, std::memory_order_relaxed);
  }

  bool lock_by(Patience::Time end) {
    auto left = end - Patience::Clock::now();
    timespec when{};
    clock_gettime(kLockClock, &when);
    const int64_t ns =
        when.tv_nsec +
        std::chrono::nanoseconds(std::clamp<Patience::Clock::duration>(left, {}, kLongestLock))
            .count();
    when.tv_sec += ns / 1'000'000'000;
    when.tv_nsec = ns % 1'000'000'000;
    if (lock_native(mutex_.native_handle(), &when) != 0) return false;
    holder_.store(pthread_self(), std::memory_order_relaxed);
    return true;
  }
  // ThreadSanitizer knows one of the two.
#if defined(__SANITIZE_THREAD__)
  static constexpr clockid_t kLockClock = CLOCK_REALTIME;
  static int lock_native(pthread_mutex_t* mutex, const timespec* when) {
    return pthread_mutex_timedlock(mutex, when);
  }
#else
  static constexpr clockid_t kLockClock = CLOCK_MONOTONIC;
  static int lock_native(pthread_mutex_t* mutex, const timespec* when) {
    return pthread_mutex_clocklock(mutex, kLockClock, when);
  }
#endif
  static constexpr std::chrono::hours kLongestLock{1};

  std::mutex mutex_;
  std::atomic<pthread_t> holder_{};
  const InChild child_;
  bool for_fork_ = false;  // taken by before_fork()
};

// Holds one while it lives, as std::lock_guard does.
class OG_SCOPED_LOCK ForkLock {
 public:
  explicit ForkLock(ForkMutex& mutex) OG_ACQUIRES(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~ForkLock() OG_RELEASES() { mutex_.unlock(); }
  ForkLock(const ForkLock&) = delete;
  ForkLock& operator=(const ForkLock&) = delete;

 private:
  ForkMutex& mutex_;
};

// A condition to wait for under a ForkMutex. Who waited at a fork did so in the parent: the child's
// is made anew, as one that another process's threads wait for can be neither used nor destroyed.
class ForkCondition final : private ForkAware {
  // A wait gives up the mutex and takes it again, as its holder.
  class Inner {
   public:
    explicit Inner(std::unique_lock<ForkMutex>& lock)
        : mutex_(*lock.mutex()), inner_(mutex_.mutex_, std::adopt_lock) {
      mutex_.holder_.store({}, std::memory_order_relaxed);
    }
    ~Inner() {
      mutex_.holder_.store(pthread_self(), std::memory_order_relaxed);
      inner_.release();
    }
    std::unique_lock<std::mutex>& lock() { return inner_; }

   private:
    ForkMutex& mutex_;
    std::unique_lock<std::mutex> inner_;
  };

 public:
  using Lock = std::unique_lock<ForkMutex>;

  ForkCondition() { join_forks(); }
  ~ForkCondition() { leave_forks(); }

  void notify_one() noexcept {
    told_.fetch_add(1);
    condition_.notify_one();
  }
  void notify_all() noexcept {
    told_.fetch_add(1);
    condition_.notify_all();
  }

  // `timeout` also when the caller's patience is over, which is asked with the lock given up: what
  // it is told meanwhile is not missed.
  std::cv_status wait_until(Lock& lock, Patience::Time until) {
    const uint32_t told = told_.load();
    for (;;) {
      const Patience::Time end = Patience::slice(until);
      {
        Inner inner(lock);
        if (condition_.wait_until(inner.lock(), end) == std::cv_status::no_timeout)
          return std::cv_status::no_timeout;
      }
      if (end == until) return std::cv_status::timeout;
      lock.unlock();
      const bool over = Patience::is_over();
      lock.lock();
      if (told_.load() != told) return std::cv_status::no_timeout;
      if (over) return std::cv_status::timeout;
    }
  }
  // Whether `done` came before the time did.
  template <class Done>
  bool wait_until(Lock& lock, Patience::Time until, Done done) {
    while (!done()) {
      if (wait_until(lock, until) == std::cv_status::timeout) return done();
    }
    return true;
  }
  template <class Duration>
  std::cv_status wait_for(Lock& lock, const Duration& time) {
    Inner inner(lock);
    return condition_.wait_for(inner.lock(), time);
  }

 private:
  void after_fork_in_child() noexcept override { new (&condition_) std::condition_variable; }

  std::condition_variable condition_;
  std::atomic<uint32_t> told_{0};  // how often
};

}  // namespace og
