// SPDX-License-Identifier: Apache-2.0
// A concurrency limit in a segment: one for all processes, whoever dies.
#include <atomic>
#include <random>
#include <vector>

#include "core/guard/concurrency.h"
#include "tests/core/host_processes.h"
#include "tests/shared_memory.h"

namespace og {
namespace {

using test::SegmentName;
using test::start;
using test::wait_for;

constexpr int64_t kMs = 1'000'000;
constexpr auto kFull = static_cast<int64_t>(Status::kFull);

std::unique_ptr<ConcurrencyLimiter> make(int64_t limit, const SegmentName& name, ClockPtr clock,
                                         const char* permit_ms = "0") {
  Config config;
  config.set_int("limit", limit);
  config.set("permit_ms", permit_ms);
  auto made = ConcurrencyLimiter::create(config, std::move(clock),
                                         Place(test::attach(name.settings(4 << 20)), "calls"));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

// Shared between a test and its processes, without a segment.
struct Shared {
  std::atomic<int64_t> inside{0}, most{0}, admitted{0};
  std::atomic<bool> stop{false};
  void enter() {
    const int64_t now = inside.fetch_add(1) + 1;
    int64_t seen = most.load();
    while (seen < now && !most.compare_exchange_weak(seen, now)) {
    }
  }
};

}  // namespace

TEST_CASE(
    "host concurrency: eight processes are never more than the limit, and none is left after") {
  SegmentName name;
  auto* shared = test::make_shared_memory<Shared>();
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    children.push_back(start([&] {
      auto limiter = make(3, name, system_clock());
      for (int j = 0; j < 20'000; ++j) {
        const int64_t permit = limiter->enter();
        if (permit < 0) continue;
        shared->enter();
        shared->admitted.fetch_add(1);
        shared->inside.fetch_sub(1);
        if (limiter->exit(permit) != Status::kOk) return 1;
      }
      return 0;
    }));
  }
  for (pid_t child : children) CHECK(wait_for(child) == 0);
  CHECK(shared->most <= 3);
  auto limiter = make(3, name, system_clock());
  CHECK(limiter->in_flight() == 0);
  CHECK(limiter->stat(ConcurrencyLimiter::kAdmitted) == shared->admitted);
  CHECK(limiter->stat(ConcurrencyLimiter::kRefused) == 8 * 20'000 - shared->admitted);
}

TEST_CASE("host concurrency: what a killed process held comes back, of a living one nothing") {
  SegmentName name;
  auto clock = make_manual_clock(kMs);
  auto limiter = make(2, name, clock);
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t holder = start([&] {
    auto theirs = make(2, name, clock);
    char entered = theirs->enter() > 0;
    if (write(ready[1], &entered, 1) != 1) return 1;
    for (;;) pause();
  });
  char entered = 0;
  REQUIRE(read(ready[0], &entered, 1) == 1);
  CHECK(entered == 1);
  const int64_t mine = limiter->enter();
  CHECK(mine > 0);
  CHECK(limiter->enter() == kFull);
  CHECK(limiter->in_flight() == 2);
  clock->advance(3'600'000 * kMs);
  CHECK(limiter->enter() == kFull);
  kill(holder, SIGKILL);
  CHECK(wait_for(holder) == -SIGKILL);
  clock->advance(10 * kMs);  // the kernel is asked once in so long
  const int64_t theirs = limiter->enter();
  CHECK(theirs > 0);
  CHECK(limiter->enter() == kFull);
  CHECK(limiter->stat(ConcurrencyLimiter::kOrphaned) == 1);
  CHECK(limiter->exit(mine) == Status::kOk);
  CHECK(limiter->exit(theirs) == Status::kOk);
  CHECK(limiter->in_flight() == 0);
  for (int fd : ready) close(fd);
}

TEST_CASE("host concurrency: a forked child cannot return its parent's permit") {
  SegmentName name;
  auto limiter = make(1, name, system_clock());
  const int64_t permit = limiter->enter();
  CHECK(wait_for(start([&] {
          if (limiter->exit(permit) != Status::kLapsed) return 1;
          return limiter->enter() == kFull ? 0 : 2;
        })) == 0);
  CHECK(limiter->in_flight() == 1);
  CHECK(limiter->exit(permit) == Status::kOk);
}

TEST_CASE(
    "host concurrency: while processes are killed the limit holds, and the count is true after") {
  SegmentName name;
  auto* shared = test::make_shared_memory<Shared>();
  const auto work = [&] {
    auto limiter = make(4, name, system_clock());
    while (!shared->stop.load(std::memory_order_relaxed)) {
      const int64_t permit = limiter->enter();
      if (permit < 0) continue;
      shared->admitted.fetch_add(1, std::memory_order_relaxed);
      limiter->exit(permit);
    }
    return 0;
  };
  auto limiter = make(4, name, system_clock());
  std::vector<pid_t> workers;
  for (int i = 0; i < 6; ++i) workers.push_back(start(work));
  std::mt19937 random(7);
  for (int i = 0; i < 100; ++i) {
    usleep(random() % 4000);
    pid_t& victim = workers[random() % workers.size()];
    kill(victim, SIGKILL);
    REQUIRE(wait_for(victim) == -SIGKILL);
    CHECK(limiter->in_flight() <= 4);
    victim = start(work);
  }
  const int64_t admitted = shared->admitted;
  CHECK(test::comes_true([&] { return shared->admitted > admitted; }));  // the living go on
  shared->stop = true;
  for (pid_t worker : workers) CHECK(wait_for(worker) == 0);
  CHECK(limiter->in_flight() == 0);
  std::vector<int64_t> permits;
  for (int i = 0; i < 4; ++i) permits.push_back(limiter->enter());
  for (int64_t permit : permits) CHECK(permit > 0);
  CHECK(limiter->enter() == kFull);
}

}  // namespace og
