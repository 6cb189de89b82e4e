// SPDX-License-Identifier: Apache-2.0
// Locks, gates and counters on both sides of a fork.
#include "core/base/fork_mutex.h"

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "core/base/counters.h"
#include "core/base/read_gate.h"
#include "core/base/tsc_clock.h"
#include "tests/catch.h"
#include "tests/core/forks.h"
#include "tests/sanitizers.h"

namespace og {
namespace {

// A thread in the middle of something while the test goes on.
class Meanwhile {
 public:
  template <class Enter>
  explicit Meanwhile(Enter enter) : thread_([this, enter] { enter([this] { stay(); }); }) {
    there_.wait(false);
  }
  ~Meanwhile() {
    go_ = true;
    go_.notify_all();
    thread_.join();
  }

 private:
  void stay() {
    there_ = true;
    there_.notify_all();
    go_.wait(false);
  }
  std::atomic<bool> there_{false}, go_{false};
  std::thread thread_;
};

}  // namespace

TEST_CASE("forks: the forking thread keeps the lock that it holds, on either side") {
  ForkMutex mutex;
  std::lock_guard lock(mutex);
  CHECK(in_forked_child([&] {
          if (!mutex.is_mine() || mutex.try_lock()) return 1;
          mutex.unlock();
          if (!mutex.try_lock()) return 2;
          mutex.unlock();
          return 0;
        }) == 0);
  CHECK(mutex.is_mine());
}

TEST_CASE("forks: a lock that guards nothing is not waited for, and free in the child") {
  ForkMutex mutex(ForkMutex::InChild::kFree);
  Meanwhile holder([&](auto stay) {
    std::lock_guard lock(mutex);
    stay();
  });
  CHECK(in_forked_child([&] {
          if (!mutex.try_lock()) return 1;
          mutex.unlock();
          return 0;
        }) == 0);
  CHECK_FALSE(mutex.try_lock());  // the parent's is still its holder's
}

TEST_CASE(
    "forks: a condition that the parent's threads wait for can be used and destroyed in the "
    "child") {
  ForkMutex mutex;
  auto condition = std::make_unique<ForkCondition>();
  bool done = false;
  std::atomic<bool> waits{false};
  std::thread waiter([&] {
    std::unique_lock lock(mutex);
    waits = true;
    condition->wait_until(lock, std::chrono::steady_clock::now() + std::chrono::seconds(20),
                          [&] { return done; });
  });
  while (!waits) std::this_thread::yield();
  {
    std::lock_guard lock(mutex);
  }  // once it waits
  CHECK(in_forked_child([&] {
          std::unique_lock lock(mutex);
          const bool timely =
              condition->wait_for(lock, std::chrono::milliseconds(1)) == std::cv_status::timeout;
          condition.reset();
          return timely && mutex.is_mine() ? 0 : 1;
        }) == 0);
  {
    std::lock_guard lock(mutex);
    done = true;
  }
  condition->notify_all();
  waiter.join();
}

#ifndef __SANITIZE_THREAD__  // which forbids threads on both sides of a fork
// Who holds a lock may make others, and destroy them: a fork that waits for it must not stand in
// the way.
TEST_CASE("forks: locks are made, nested and destroyed under a lock while others fork") {
  ForkMutex old;
  int64_t guarded[2] = {0, 0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (!stop) {
        ForkMutex made;
        std::lock_guard outer(made);
        std::lock_guard inner(old);
        ++guarded[0];
        const auto newest = std::make_unique<ForkMutex>();
        ++guarded[1];
      }
    });
  }
  int bad = 0;
  for (int i = 0; i < 100; ++i) {
    bad += in_forked_child([&] {
             std::lock_guard lock(old);
             return guarded[0] == guarded[1] ? 0 : 1;
           }) != 0;
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(bad == 0);
}

TEST_CASE("forks: a reader of the parent's holds nothing up in the child") {
  ReadGate gate;
  Meanwhile reader([&](auto stay) {
    ReadGate::Pass pass = gate.enter();
    stay();
  });
  const auto frees = [&] {
    ReadGate::Grace grace;
    grace.begin(gate);
    return grace.over(gate) || grace.over(gate);
  };
  CHECK_FALSE(frees());
  CHECK(in_forked_child([&] { return frees() ? 0 : 1; }) == 0);
  CHECK_FALSE(frees());
}

TEST_CASE("forks: in the child the counters of the parent's threads are anybody's") {
  std::array<std::unique_ptr<Meanwhile>, kOwnedStripes> threads;
  for (auto& thread : threads) {
    thread = std::make_unique<Meanwhile>([](auto stay) {
      thread_stripe();
      stay();
    });
  }
  CHECK(in_forked_child([] {
          int stripe = kOwnedStripes;
          std::thread([&] { stripe = thread_stripe(); }).join();
          return stripe;
        }) < kOwnedStripes);
}
#endif

namespace {

std::atomic<uint64_t> g_ticks{0};
std::atomic<int64_t> g_reference{0};
std::atomic<bool> g_held_up{false}, g_drawing{false};

}  // namespace

TEST_CASE("forks: a clock whose line another thread was drawing goes on in the child") {
  TscClock clock({[]() noexcept -> uint64_t { return g_ticks += 10; },
                  []() noexcept -> int64_t {
                    g_drawing = true;
                    while (g_held_up) std::this_thread::yield();
                    return g_reference;
                  }});
  auto pass = [](int64_t ns) { g_ticks += static_cast<uint64_t>(ns), g_reference += ns; };
  pass(20'000'000);
  clock.now();  // the first line
  pass(2'000'000'000);
  g_held_up = true;
  g_drawing = false;
  std::thread drawer([&] { clock.now(); });
  while (!g_drawing) std::this_thread::yield();
  std::thread later([] {
    usleep(20'000);
    g_held_up = false;
  });
  const int answer = in_forked_child([&] {
    g_held_up = false;
    pass(2'000'000'000);
    g_reference += 100'000'000;  // the counter was slow: a line drawn anew says so
    clock.now();
    return clock.now() >= g_reference - 1'000'000 ? 0 : 1;
  });
  later.join();
  drawer.join();
  CHECK(answer == 0);
}

}  // namespace og
