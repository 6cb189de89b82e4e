// SPDX-License-Identifier: Apache-2.0
// A cache on both sides of a fork.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "core/cache/cache.h"
#include "tests/catch.h"
#include "tests/sanitizers.h"

namespace og {
namespace {

std::unique_ptr<Cache> make() {
  auto cache = Cache::create({}, make_manual_clock(0));
  REQUIRE(cache);
  return std::move(*cache);
}

int status_of(pid_t child) {
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

}  // namespace

TEST_CASE("cache: a forked child has the values, and none of the leases") {
  auto cache = make();
  cache->set("there", "v");
  const CacheLookup mine = cache->get_or_lease("loading");
  REQUIRE(mine.lease > 0);
  pid_t child = fork();
  if (child == 0) {
    const bool has_value = cache->get("there").outcome == Status::kOk;
    const bool parents_is_void = cache->fill("loading", mine.lease, "x") == Status::kLapsed;
    const CacheLookup own = cache->get_or_lease("loading");  // at once, not when lease_ms is over
    const bool filled = own.lease > 0 && cache->fill("loading", own.lease, "y") == Status::kOk;
    _exit(has_value && parents_is_void && filled ? 0 : 1);
  }
  CHECK(status_of(child) == 0);
  CHECK(cache->get_or_lease("loading").outcome == Status::kWait);
  CHECK(cache->fill("loading", mine.lease, "v") == Status::kOk);
}

#ifndef __SANITIZE_THREAD__  // which forbids threads on both sides of a fork
TEST_CASE("cache: a fork while threads write leaves the child a cache that works") {
#ifdef __SANITIZE_ADDRESS__
  constexpr bool kMayAllocate = false;  // its allocator's locks do not survive another thread's use
#else
  constexpr bool kMayAllocate = true;
#endif
  auto cache = make();
  std::vector<std::string> keys(100);
  for (size_t i = 0; i < keys.size(); ++i) cache->set(keys[i] = std::to_string(i), "v");
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (size_t i = 0; !stop; ++i) cache->set(keys[i % keys.size()], "v");
  });
  int bad = 0;
  for (int i = 0; i < 50; ++i) {
    pid_t child = fork();
    if (child == 0) {
      alarm(20);  // a lock that the writer held would stay held
      for (const std::string& key : keys) {
        cache->give_up(key, 1);  // takes the lock of the key's shard, and allocates nothing
        if (kMayAllocate) cache->set(key, "w");
      }
      _exit(cache->get("7").outcome == Status::kOk ? 0 : 1);
    }
    bad += status_of(child) != 0;
  }
  stop = true;
  writer.join();
  CHECK(bad == 0);
}
#endif

}  // namespace og
