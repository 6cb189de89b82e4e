// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace og {

// fork() copies memory and the calling thread, not the other threads: a lock one of them held stays
// locked in the child for ever, a call it was at is never returned, a connection is now used by two
// processes. What holds locks, threads, connections or calls in flight derives from this, and is
// told.
//
// Before the fork each object takes its locks, newest object first (what is newer may use what is
// older, never the reverse); after it the parent gives them back, and the child throws away what is
// its parent's, oldest object first. Calls come on the forking thread. While one object's lock is
// waited for, others can be made and destroyed: who has that lock may be about to. Joining
// allocates nothing, so that what joins may be made by the million.
//
// The most derived class calls join_forks() when it is complete and leave_forks() before it stops
// being so. A lock needs neither: it is a ForkMutex (fork_mutex.h).
class ForkAware {
 public:
  ForkAware(const ForkAware&) = delete;
  ForkAware& operator=(const ForkAware&) = delete;

 protected:
  ForkAware() = default;
  ~ForkAware() = default;

  void join_forks() noexcept;
  void leave_forks() noexcept;

 private:
  friend class ForkRegistry;

  // Takes what it needs, all of it or nothing, and does not wait: false, and it is asked again.
  virtual bool before_fork() noexcept { return true; }
  virtual void after_fork_in_parent() noexcept {}
  virtual void after_fork_in_child() noexcept {}

  ForkAware* older_ = nullptr;
  ForkAware* newer_ = nullptr;
  bool joined_ = false;
  bool ready_ = false;  // for the fork that is about to be
};

// Differs between a process and those that it was forked from: what is marked with it (a permit on
// the heap) is told from a parent's.
uint64_t fork_generation() noexcept;

}  // namespace og
