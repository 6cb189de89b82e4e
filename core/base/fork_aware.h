// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>

namespace og {

// fork() copies memory and the calling thread, not the other threads: a lock one of them held stays
// locked in the child for ever, a connection is now used by two processes. What holds locks, threads
// or connections derives from this, and is told.
//
// Before the fork each object takes its locks, newest object first (what is newer may use what is
// older, never the reverse); after it the parent gives them back and the child first throws away
// what belongs to its parent. Calls come on the forking thread. A child that only execs pays nothing
// but the locks.
//
// The most derived class calls join_forks() when it is complete and leave_forks() before it stops
// being so.
class ForkAware {
 public:
  ForkAware(const ForkAware&) = delete;
  ForkAware& operator=(const ForkAware&) = delete;

 protected:
  ForkAware() = default;
  ~ForkAware() = default;

  void join_forks();
  void leave_forks() noexcept;

 private:
  friend struct ForkRegistry;
  virtual void before_fork() noexcept = 0;
  virtual void after_fork_in_parent() noexcept = 0;
  virtual void after_fork_in_child() noexcept = 0;

  std::list<ForkAware*>::iterator place_;
  bool joined_ = false;
};

}  // namespace og
