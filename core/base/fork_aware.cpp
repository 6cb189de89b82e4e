// SPDX-License-Identifier: Apache-2.0
#include "core/base/fork_aware.h"

#include <pthread.h>

#include <mutex>

namespace og {

struct ForkRegistry {
  std::mutex mutex;
  std::list<ForkAware*> members;  // oldest first

  // Never destroyed: a fork may come during the process's exit.
  static ForkRegistry& instance() {
    static ForkRegistry* const registry = [] {
      auto* made = new ForkRegistry;
      pthread_atfork(&before, &in_parent, &in_child);
      return made;
    }();
    return *registry;
  }

  static void before() {
    instance().mutex.lock();
    auto& members = instance().members;
    for (auto member = members.rbegin(); member != members.rend(); ++member) {
      (*member)->before_fork();
    }
  }
  static void in_parent() {
    for (ForkAware* member : instance().members) member->after_fork_in_parent();
    instance().mutex.unlock();
  }
  static void in_child() {
    for (ForkAware* member : instance().members) member->after_fork_in_child();
    instance().mutex.unlock();
  }
};

void ForkAware::join_forks() {
  auto& registry = ForkRegistry::instance();
  std::lock_guard lock(registry.mutex);
  place_ = registry.members.insert(registry.members.end(), this);
  joined_ = true;
}

void ForkAware::leave_forks() noexcept {
  if (!joined_) return;
  auto& registry = ForkRegistry::instance();
  std::lock_guard lock(registry.mutex);
  registry.members.erase(place_);
  joined_ = false;
}

}  // namespace og
