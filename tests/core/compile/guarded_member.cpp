// SPDX-License-Identifier: Apache-2.0
// Compiled by clang once as it is, and once with each MISTAKE, which must be an error.
#include "core/base/fork_mutex.h"

namespace og {

class Counted {
 public:
  void add() {
#if MISTAKE != 1
    ForkLock lock(mutex_);
#endif
    add_locked();
  }
  int read() {
#if MISTAKE != 2
    ForkLock lock(mutex_);
#endif
    return count_;
  }

 private:
  void add_locked() OG_REQUIRES(mutex_) { ++count_; }

  ForkMutex mutex_;
  int count_ OG_GUARDED_BY(mutex_) = 0;
};

void use(Counted& counted) {
  counted.add();
  counted.read();
}

}  // namespace og
